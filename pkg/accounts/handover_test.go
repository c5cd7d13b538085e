package accounts_test

import (
	"strings"
	"testing"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
)

// handover passes unit 7 from 王丽 to a new user.
func handover(change func(*accounts.Handover)) accounts.Handover {
	in := accounts.Handover{
		Unit: 7, From: "wang", Note: " 调离\n请先报三季度 ", To: accounts.NewUser{Name: "Li", Display: "李强", Password: password},
	}
	if change != nil {
		change(&in)
	}
	return in
}

func TestHandOver(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		admin := f.add(t, "admin", accounts.Admin, anhui, 0).Actor()
		wang := f.add(t, "wang", accounts.Clerk, 0, 7)
		token, err := f.CreateToken(t.Context(), admin, "wang", 0)
		wantFault(t, err, 0, "")
		f.now = f.now.Add(time.Hour)

		li, err := f.HandOver(t.Context(), admin, handover(nil))
		wantFault(t, err, 0, "")
		if li.Name != "li" || li.Role != accounts.Clerk || li.Unit != 7 || li.ID == 0 {
			t.Fatalf("%+v", li)
		}
		_, err = f.ActorByID(t.Context(), wang.ID, wang.PasswordChangedAt)
		wantFault(t, err, fault.Unauthorized, "login.again")
		_, err = f.ActorByToken(t.Context(), token)
		wantFault(t, err, fault.Unauthorized, "token.invalid")
		_, err = f.Login(t.Context(), "li", password, "10.0.0.1")
		wantFault(t, err, 0, "")

		last, ok, err := f.LastHandover(t.Context(), li.Actor())
		if err != nil || !ok || last.FromName != "wang" || last.ToName != "李强" || last.By != "admin" || last.Note != "调离\n请先报三季度" ||
			!last.At.Equal(f.now.Truncate(time.Microsecond)) {
			t.Errorf("%+v, %t, %v", last, ok, err)
		}
		for _, other := range []accounts.Actor{{}, admin, wang.Actor(), {Name: "li", Role: accounts.Clerk, Unit: 8}} {
			if _, ok, err := f.LastHandover(t.Context(), other); ok || err != nil {
				t.Errorf("%+v is told of it, %v", other, err)
			}
		}
		wantFault(t, f.DismissHandover(t.Context(), wang.Actor()), 0, "")
		if _, ok, _ := f.LastHandover(t.Context(), li.Actor()); !ok {
			t.Error("somebody else has dismissed it")
		}
		wantFault(t, f.DismissHandover(t.Context(), li.Actor()), 0, "")
		wantFault(t, f.DismissHandover(t.Context(), li.Actor()), 0, "")
		if _, ok, _ := f.LastHandover(t.Context(), li.Actor()); ok {
			t.Error("it is told again after it was dismissed")
		}
		if acts := strings.Join(f.acts(t), " "); strings.Count(acts, "user.handed_over") != 1 || strings.Count(acts, "user.handover_read") != 1 {
			t.Errorf("the ledger says %s", acts)
		}
	})
}

func TestHandoverIsToldForThirtyDays(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.add(t, "wang", accounts.Clerk, 0, 7)
		li, err := f.HandOver(t.Context(), accounts.System("test"), handover(nil))
		wantFault(t, err, 0, "")
		f.now = f.now.Add(30 * 24 * time.Hour)
		if _, ok, err := f.LastHandover(t.Context(), li.Actor()); !ok || err != nil {
			t.Errorf("after 30 days: %t, %v", ok, err)
		}
		f.now = f.now.Add(time.Second)
		if _, ok, err := f.LastHandover(t.Context(), li.Actor()); ok || err != nil {
			t.Errorf("after more than 30 days: %t, %v", ok, err)
		}
	})
}

// TestHandOverToAClerkWhoIsThere: of the same unit, or of one that keeps another clerk.
func TestHandOverToAClerkWhoIsThere(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		system := accounts.System("test")
		for name, unit := range map[string]int64{"wang": 7, "colleague": 7, "third": 7, "other": 8, "second": 8} {
			f.add(t, name, accounts.Clerk, 0, unit)
		}
		to := func(from, name string) accounts.Handover {
			return handover(func(in *accounts.Handover) { in.From, in.To = from, accounts.NewUser{Name: name} })
		}
		colleague, err := f.HandOver(t.Context(), system, to("wang", "colleague"))
		if err != nil || colleague.Unit != 7 {
			t.Fatalf("%+v, %v", colleague, err)
		}
		other, err := f.HandOver(t.Context(), system, to("colleague", "other"))
		if err != nil || other.Unit != 7 {
			t.Fatalf("%+v, %v", other, err)
		}
		kept, err := f.ByName(t.Context(), system, "other")
		if err != nil || kept.Unit != 7 {
			t.Errorf("%+v, %v", kept, err)
		}
		_, err = f.HandOver(t.Context(), system, to("other", "second")) // the only one of unit 8 now
		wantFault(t, err, fault.Conflict, "handover.leaves_unit")
		_, err = f.HandOver(t.Context(), system, to("other", "wang"))
		wantFault(t, err, fault.Conflict, "user.disabled")
	})
}

func TestHandOverRefusals(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		admin := f.add(t, "admin", accounts.Admin, anhui, 0).Actor()
		f.add(t, "wang", accounts.Clerk, 0, 7)
		f.add(t, "reviewer", accounts.Reviewer, baohe, 0)
		f.add(t, "foreign", accounts.Monitor, jiangsu, 0)
		cases := []struct {
			name   string
			in     accounts.Handover
			kind   fault.Kind
			key    string
			fields string
		}{
			{"no reason", handover(func(in *accounts.Handover) { in.Note = " " }), fault.Invalid, "handover.invalid", "note=handover.note_missing"},
			{"a long reason", handover(func(in *accounts.Handover) { in.Note = strings.Repeat("字", 501) }), fault.Invalid, "handover.invalid", "note=handover.note_invalid"},
			{"to oneself", handover(func(in *accounts.Handover) { in.To.Name = "WANG" }), fault.Invalid, "handover.invalid", "name=handover.same_user"},
			{"a short password", handover(func(in *accounts.Handover) { in.To.Password = "short" }), fault.Invalid, "handover.invalid", "password=password.too_short"},
			{"a name with a space", handover(func(in *accounts.Handover) { in.To.Name = "li qiang" }), fault.Invalid, "handover.invalid", "name=user.name_invalid"},
			{"from nobody", handover(func(in *accounts.Handover) { in.From = "nobody" }), fault.NotFound, "user.unknown", ""},
			{"from another province", handover(func(in *accounts.Handover) { in.From = "foreign" }), fault.NotFound, "user.unknown", ""},
			{"from a reviewer", handover(func(in *accounts.Handover) { in.From = "reviewer" }), fault.Conflict, "handover.not_clerk", ""},
			{"from oneself", handover(func(in *accounts.Handover) { in.From = "admin" }), fault.Conflict, "user.is_yourself", ""},
			{"of another unit", handover(func(in *accounts.Handover) { in.Unit = 8 }), fault.Conflict, "handover.other_unit", ""},
			{"a name that is taken", handover(func(in *accounts.Handover) { in.To.Name = "reviewer" }), fault.Conflict, "user.exists", ""},
			{"to nobody who is there", handover(func(in *accounts.Handover) { in.To.Password = "" }), fault.NotFound, "user.unknown", ""},
			{"to a reviewer", handover(func(in *accounts.Handover) { in.To = accounts.NewUser{Name: "reviewer"} }), fault.Conflict, "handover.not_clerk", ""},
		}
		before := f.acts(t)
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				_, err := f.HandOver(t.Context(), admin, c.in)
				wantFault(t, err, c.kind, c.key)
				if got := fields(err); got != c.fields {
					t.Errorf("fields %s, want %s", got, c.fields)
				}
			})
		}
		for _, role := range []accounts.Role{accounts.Monitor, accounts.Reviewer, accounts.Clerk, accounts.Viewer, ""} {
			by := accounts.Actor{UserID: 99, Name: "x", Role: role, Division: anhui, Unit: 7}
			_, err := f.HandOver(t.Context(), by, handover(nil))
			wantFault(t, err, fault.Forbidden, "permission.denied")
			_, err = f.Clerks(t.Context(), by, []int64{7})
			wantFault(t, err, fault.Forbidden, "permission.denied")
		}
		if after := f.acts(t); len(after) != len(before) {
			t.Errorf("the ledger says %v", after[len(before):])
		}
		wang, err := f.ByName(t.Context(), admin, "wang")
		if err != nil || wang.Disabled {
			t.Errorf("%+v, %v", wang, err)
		}
		clerks, err := f.Clerks(t.Context(), admin, []int64{7, 8})
		if err != nil || len(clerks) != 1 || len(clerks[7]) != 1 || clerks[7][0].Name != "wang" {
			t.Errorf("%+v, %v", clerks, err)
		}
	})
}
