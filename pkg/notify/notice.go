package notify

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"pilotboard/pkg/database"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
)

// Notice is something one person is told. ReadAt is zero while it is unread. URL is an address of this
// site.
type Notice struct {
	ID        string
	Kind      string // an act, or a sort of reminder
	UnitID    int64
	Form      string
	Period    period.Quarter
	URL       string
	Urgent    bool
	CreatedAt time.Time
	ReadAt    time.Time

	args args
}

// args is what the text of a notice is put together from, in the reader's language.
type args struct {
	Unit  string `json:"unit,omitempty"`
	Form  string `json:"form,omitempty"` // its title
	By    string `json:"by,omitempty"`
	Note  string `json:"note,omitempty"`
	Level string `json:"level,omitempty"`
	// Sample tells that the report is of a demonstration.
	Sample bool        `json:"sample,omitempty"`
	Until  period.Date `json:"until,omitzero"`
}

// Text gives the notice in one sentence.
func (n Notice) Text(p locale.Printer) string {
	key := remindKeys[n.Kind]
	if rule, ok := rules[n.Kind]; ok {
		key = rule.key
	}
	if key == "" { // of a version that knew more
		key = "notice.other"
	}
	return p.T(key, n.args.Unit, n.Period, n.args.Form, n.args.By, n.args.Until, level(p, n.args.Level))
}

// Sample tells that the notice is about a report of a demonstration (示例数据).
func (n Notice) Sample() bool { return n.args.Sample }

// Note gives what the person who acted wrote, or the title of what was issued; empty for nothing.
func (n Notice) Note() string { return n.args.Note }

// level names a supervision order by its level; without one that is known it is an order like any.
func level(p locale.Printer, key string) string {
	switch key {
	case "blue":
		return p.T("notice.level_blue")
	case "yellow":
		return p.T("notice.level_yellow")
	case "red":
		return p.T("notice.level_red")
	}
	return p.T("notice.level_none")
}

// noticeRow is a row of notices.
type noticeRow struct {
	UserID      int64
	ID          string
	Kind        string
	UnitID      int64
	Form        string
	Period      period.Quarter
	Args        database.JSON
	URL         string `gorm:"column:url"`
	Cause       string
	Urgent      bool
	CreatedAt   time.Time
	ReadAt      *time.Time
	DeliveredAt *time.Time
}

func (noticeRow) TableName() string { return "notices" }

// to gives the row for one more person.
func (r noticeRow) to(user int64) (noticeRow, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return noticeRow{}, fmt.Errorf("make a notice id: %w", err)
	}
	r.UserID, r.ID = user, id.String()
	return r, nil
}

func (r noticeRow) notice() (Notice, error) {
	n := Notice{ID: r.ID, Kind: r.Kind, UnitID: r.UnitID, Form: r.Form, Period: r.Period, URL: r.URL, Urgent: r.Urgent, CreatedAt: r.CreatedAt}
	if r.ReadAt != nil {
		n.ReadAt = *r.ReadAt
	}
	if err := json.Unmarshal([]byte(r.Args), &n.args); err != nil {
		return Notice{}, fmt.Errorf("read notice %s: %w", r.ID, err)
	}
	return n, nil
}

func (a args) json() (database.JSON, error) {
	text, err := json.Marshal(a)
	if err != nil {
		return "", fmt.Errorf("write the text of a notice: %w", err)
	}
	return database.JSON(text), nil
}
