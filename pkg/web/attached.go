package web

import (
	"context"
	"fmt"
	"slices"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/evidence"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/reporting"
)

// fileView is a file attached to an item.
type fileView struct {
	evidence.File
	URL    string
	Amount string   // its size, in words
	Reused []string // where else it is shown, in words
}

// attachedFiles gives the files that the report on the page and the revisions that it is compared with
// show, by hash.
func (s *Server) attachedFiles(ctx context.Context, actor accounts.Actor, page *reportPage) (map[string]fileView, error) {
	var hashes []string
	collect := func(content reporting.Content) {
		for _, list := range content.Evidence {
			hashes = append(hashes, list...)
		}
	}
	collect(page.Content)
	if page.Returned != nil {
		if before := page.revision(page.Returned.Revision); before != nil {
			collect(before.Content)
		}
	}
	if len(hashes) == 0 {
		return nil, nil
	}
	slices.Sort(hashes)
	return s.filesOf(ctx, actor, page.Unit.Key, slices.Compact(hashes))
}

// filesOf gives files of a unit by hash.
func (s *Server) filesOf(ctx context.Context, actor accounts.Actor, unit string, hashes []string) (map[string]fileView, error) {
	known, err := s.Evidence.List(ctx, actor, unit, hashes)
	if err != nil {
		return nil, err
	}
	files := make(map[string]fileView, len(known))
	for hash, file := range known {
		files[hash] = fileView{File: file, URL: "/units/" + unit + "/evidence/" + hash, Amount: sizeText(file.Size)}
	}
	return files, nil
}

// pick gives the files of one item.
func pick(files map[string]fileView, hashes []string) []fileView {
	var list []fileView
	for _, hash := range hashes {
		if file, ok := files[hash]; ok {
			list = append(list, file)
		}
	}
	return list
}

// flagReused says at the files of the page which other reports show them too: for reviewers, of what was
// filed last.
func (s *Server) flagReused(ctx context.Context, words locale.Printer, actor accounts.Actor, page *reportPage) error {
	if !actor.Can(accounts.ReviewReports) || len(page.Files) == 0 || page.Filed != nil {
		return nil
	}
	reused, err := s.Reports.Reused(ctx, actor, page.Ref)
	if err != nil {
		return err
	}
	for _, one := range reused {
		text := words.T("evidence.reused_elsewhere", one.Period)
		if one.Unit != "" {
			text = words.T("evidence.reused_by", one.Unit, one.Period)
		}
		for i := range page.Files[one.Item] {
			if file := &page.Files[one.Item][i]; file.Hash == one.Hash {
				file.Reused = append(file.Reused, text)
			}
		}
	}
	return nil
}

// sizeText gives a number of bytes in KB below one MB and else in MB, rounded up to the last digit shown.
func sizeText(bytes int64) string {
	const kb, mb = 1 << 10, 1 << 20
	if bytes < mb {
		return fmt.Sprintf("%d KB", (bytes+kb-1)/kb)
	}
	tenths := (bytes*10 + mb - 1) / mb
	return fmt.Sprintf("%d.%d MB", tenths/10, tenths%10)
}
