package web

import (
	"context"
	"encoding/json"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// historyEntry is an act on a report, or several saves in a row by the same person.
type historyEntry struct {
	Act     string // key
	Who     string
	At      time.Time
	Times   int
	Note    string
	Until   period.Date
	Remarks []remark
}

type remark struct {
	Item, Title, Text string
}

// actDetail is what the ledger keeps with acts on reports that people want to read.
type actDetail struct {
	Note    string            `json:"note"`
	Reason  string            `json:"reason"`
	Until   period.Date       `json:"until"`
	Remarks map[string]string `json:"remarks"`
}

// history gives what was done to a report, the latest first.
func (s *Server) history(ctx context.Context, words locale.Printer, actor accounts.Actor, ref reporting.Ref, form forms.Form) ([]historyEntry, error) {
	runs, err := s.Reports.History(ctx, actor, ref)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, r := range runs {
		ids = append(ids, r.ActorID)
	}
	names, err := s.Accounts.Displays(ctx, ids)
	if err != nil {
		return nil, err
	}
	list := make([]historyEntry, len(runs))
	for i, r := range runs {
		list[len(runs)-1-i] = newHistoryEntry(words, r, names, form)
	}
	return list, nil
}

// newHistoryEntry puts an act into words; names has those of users by their ids.
func newHistoryEntry(words locale.Printer, e ledger.Run, names map[int64]string, form forms.Form) historyEntry {
	entry := historyEntry{Act: "act." + e.Act, Who: e.ActorName, At: e.At, Times: e.Times}
	if name := names[e.ActorID]; name != "" {
		entry.Who = name
	}
	if e.ActorID == 0 {
		entry.Who = words.T("history.system")
	}
	raw, ok := e.Detail.(json.RawMessage)
	var detail actDetail
	if !ok || json.Unmarshal(raw, &detail) != nil {
		return entry // what this version cannot read it does not show
	}
	entry.Note, entry.Until = detail.Note, detail.Until
	if entry.Note == "" {
		entry.Note = detail.Reason
	}
	for _, section := range form.Sections {
		for _, item := range section.Items {
			if text := detail.Remarks[item.Key]; text != "" {
				entry.Remarks = append(entry.Remarks, remark{item.Key, item.Name(words), text})
			}
		}
	}
	return entry
}
