package web

import (
	"context"
	"encoding/json"
	"time"

	"pilotboard/pkg/accounts"
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
func (s *Server) history(ctx context.Context, words locale.Printer, actor accounts.Actor, ref reporting.Ref, form reporting.Form) ([]historyEntry, error) {
	entries, err := s.Reports.History(ctx, actor, ref)
	if err != nil {
		return nil, err
	}
	var list []historyEntry
	for _, e := range entries {
		if n := len(list); n > 0 && e.Act == string(reporting.ActSave) && list[n-1].Act == "act."+e.Act && list[n-1].Who == e.ActorName {
			list[n-1].Times++
			list[n-1].At = e.At
			continue
		}
		list = append(list, newHistoryEntry(words, e, form))
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list, nil
}

func newHistoryEntry(words locale.Printer, e ledger.Entry, form reporting.Form) historyEntry {
	entry := historyEntry{Act: "act." + e.Act, Who: e.ActorName, At: e.At, Times: 1}
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
				entry.Remarks = append(entry.Remarks, remark{item.Key, itemTitle(words, item), text})
			}
		}
	}
	return entry
}
