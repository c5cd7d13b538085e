package accounts

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/locale"
)

// User is somebody who can log in. What Division and Unit mean is said at Actor.
type User struct {
	ID                int64
	Name              string
	Display           string
	Role              Role
	Division          int64
	Unit              int64
	Language          string
	Email             string // where mail goes; empty for none
	Disabled          bool
	PasswordChangedAt time.Time
	CreatedAt         time.Time
}

// Actor gives the user as one who asks.
func (u User) Actor() Actor {
	return Actor{
		UserID: u.ID, Name: u.Name, Display: u.Display, Role: u.Role,
		Division: u.Division, Unit: u.Unit, Language: u.Language,
	}
}

// NewUser is what Add needs to know. Without a Display the name is shown, without a Language it is
// Chinese.
type NewUser struct {
	Name     string
	Display  string
	Role     Role
	Division int64
	Unit     int64
	Password string
	Language string
	Email    string // may be empty
}

const maxDisplay = 64 // characters

var namePattern = regexp.MustCompile(`^[a-z0-9._-]{1,64}$`)

// fold gives a name as it is kept: names that differ in case only are the same name.
func fold(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// completed gives n with its name folded and what was left out filled in.
func (n NewUser) completed() NewUser {
	n.Name, n.Display, n.Email = fold(n.Name), strings.TrimSpace(n.Display), strings.TrimSpace(n.Email)
	if n.Display == "" {
		n.Display = n.Name
	}
	if n.Language == "" {
		n.Language = locale.Chinese
	}
	return n
}

// check adds to f what is wrong with n apart from its scope.
func (n NewUser) check(f *fault.Fault) {
	if !namePattern.MatchString(n.Name) {
		f.With("name", "user.name_invalid")
	}
	if utf8.RuneCountInString(n.Display) > maxDisplay || !utf8.ValidString(n.Display) || strings.ContainsFunc(n.Display, unicode.IsControl) {
		f.With("display", "user.display_invalid", maxDisplay)
	}
	checkContact(f, n.Email, n.Language)
	checkPassword(f, n.Name, n.Password)
}

// checkScope adds to f what is wrong with the scope for the role; level is that of the division, 0
// when there is none such today.
func (n NewUser) checkScope(f *fault.Fault, level int) {
	if n.Role == Clerk {
		if n.Unit <= 0 {
			f.With("unit", "user.unit_needed")
		}
		if n.Division != 0 {
			f.With("division", "user.division_of_clerk")
		}
		return
	}
	if n.Unit != 0 {
		f.With("unit", "user.unit_not_needed")
	}
	switch {
	case !n.Role.Known():
		f.With("role", "user.role_unknown", string(n.Role))
	case n.Division == 0 && n.Role == Admin:
	case n.Division == 0:
		f.With("division", "user.division_needed")
	case level == 0:
		f.With("division", "user.division_unknown")
	case n.Role == Admin && level != divisions.Province:
		f.With("division", "user.division_of_admin")
	case n.Role == Reviewer && level != divisions.City && level != divisions.County:
		f.With("division", "user.division_of_reviewer")
	case level > divisions.County:
		f.With("division", "user.division_too_low")
	}
}
