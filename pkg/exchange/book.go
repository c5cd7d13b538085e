package exchange

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"
)

// File is an uploaded workbook.
type File struct {
	io.ReaderAt
	Size int64
}

// The bounds of workbooks, in bytes: of the file, of all that is packed in it, of one part of it but a
// sheet, and of its shared texts.
const (
	MaxReport      = 20 << 20
	MaxBatch       = 64 << 20
	maxUnpacked    = 512 << 20
	maxUnpackedOne = 64 << 20 // of a workbook for one report
	maxPart        = 8 << 20
	maxStrings     = 96 << 20
	maxParts       = 1000
	maxRatio       = 100 // unpacked to packed, of parts that are larger than freeRatio
	freeRatio      = 4 << 20
	maxDepth       = 64 // of elements in each other
)

// book is an opened workbook. Nothing of it has been trusted: every part is read with a bound, by a
// reader that keeps no tree, and nothing but cells, styles and texts is looked at.
type book struct {
	parts   map[string]*zip.File
	sheets  []sheet
	shared  []string
	formats []format
	from    int // day number of the first of January 1900 or 1904
	id      string
}

type sheet struct {
	name   string
	part   string
	hidden bool
}

var oldContainer = []byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}

var errNoWorkbook = invalid("exchange.file.not_workbook")

// openBook opens a workbook, or says why it is refused.
func openBook(file File) (*book, error) {
	if file.Size > MaxBatch {
		return nil, invalid("exchange.file.too_large", MaxBatch>>20)
	}
	head := make([]byte, len(oldContainer))
	if n, _ := file.ReadAt(head, 0); n == len(head) && bytes.Equal(head, oldContainer) {
		return nil, invalid("exchange.file.encrypted")
	}
	archive, err := zip.NewReader(file, file.Size)
	if err != nil {
		return nil, errNoWorkbook
	}
	b := &book{parts: map[string]*zip.File{}, from: days1900}
	if err := b.check(archive); err != nil {
		return nil, err
	}
	for _, step := range []func() error{b.readSheets, b.readStyles, b.readStrings, b.readIdentifier} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// check looks at the list of parts before any of them is unpacked.
func (b *book) check(archive *zip.Reader) error {
	if len(archive.File) > maxParts {
		return invalid("exchange.file.bomb")
	}
	var total uint64
	for _, part := range archive.File {
		name := strings.ToLower(strings.TrimPrefix(part.Name, "/"))
		total += part.UncompressedSize64
		switch {
		case b.parts[name] != nil:
			return errNoWorkbook
		case total > maxUnpacked,
			part.UncompressedSize64 > freeRatio && part.UncompressedSize64/maxRatio > part.CompressedSize64:
			return invalid("exchange.file.bomb")
		case strings.HasSuffix(name, "vbaproject.bin"), strings.HasPrefix(name, "xl/macrosheets/"), strings.HasPrefix(name, "xl/activex/"):
			return invalid("exchange.file.macros")
		case strings.HasPrefix(name, "xl/externallinks/"), name == "xl/connections.xml":
			return invalid("exchange.file.external")
		case part.Flags&1 != 0:
			return invalid("exchange.file.encrypted")
		}
		b.parts[name] = part
	}
	if b.parts["xl/workbook.xml"] == nil {
		return errNoWorkbook
	}
	return nil
}

// unpacked gives the size of all parts.
func (b *book) unpacked() (size uint64) {
	for _, part := range b.parts {
		size += part.UncompressedSize64
	}
	return size
}

// walk reads a part and calls start for every element that begins, end for every one that ends and text
// for what stands between; any of them may be nil. A part that is not there is empty.
func (b *book) walk(name string, most int64, v visitor) error {
	part := b.parts[strings.ToLower(name)]
	if part == nil {
		return nil
	}
	in, err := part.Open()
	if err != nil {
		return errNoWorkbook
	}
	defer in.Close()
	limited := &io.LimitedReader{R: in, N: most + 1}
	err = v.walk(limited)
	if limited.N <= 0 {
		return invalid("exchange.file.bomb")
	}
	return err
}

// visitor is told of what stands in a part.
type visitor struct {
	start func(xml.StartElement) error
	end   func(name string) error
	text  func(xml.CharData) error
}

func (v visitor) walk(r io.Reader) error {
	decoder := xml.NewDecoder(r)
	depth := 0
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			if depth != 0 {
				return errNoWorkbook
			}
			return nil
		}
		if err != nil {
			return errNoWorkbook
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return errNoWorkbook
			}
			err = v.start(t)
		case xml.EndElement:
			depth--
			if v.end != nil {
				err = v.end(t.Name.Local)
			}
		case xml.CharData:
			if v.text != nil {
				err = v.text(t)
			}
		}
		if err != nil {
			return err
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// readSheets reads the names and parts of the sheets.
func (b *book) readSheets() error {
	targets := map[string]string{}
	err := b.walk("xl/_rels/workbook.xml.rels", maxPart, visitor{start: func(e xml.StartElement) error {
		if e.Name.Local == "Relationship" && attr(e, "TargetMode") != "External" {
			target := strings.ReplaceAll(attr(e, "Target"), "\\", "/")
			if !strings.HasPrefix(target, "/") {
				target = "/xl/" + target
			}
			targets[attr(e, "Id")] = strings.TrimPrefix(path.Clean(target), "/")
		}
		return nil
	}})
	if err != nil {
		return err
	}
	err = b.walk("xl/workbook.xml", maxPart, visitor{start: func(e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			if date1904 := attr(e, "date1904"); date1904 == "1" || date1904 == "true" {
				b.from = days1904
			}
		case "sheet":
			id := ""
			for _, a := range e.Attr { // `id` of the relationships, not of the sheet
				if a.Name.Local == "id" && a.Name.Space != "" {
					id = a.Value
				}
			}
			b.sheets = append(b.sheets, sheet{attr(e, "name"), targets[id], attr(e, "state") != "" && attr(e, "state") != "visible"})
		}
		return nil
	}})
	if err == nil && len(b.sheets) == 0 {
		return errNoWorkbook
	}
	return err
}

// sheet finds a sheet by its name.
func (b *book) sheet(name string) (sheet, bool) {
	for _, s := range b.sheets {
		if s.name == name {
			return s, true
		}
	}
	return sheet{}, false
}

// first gives the sheet that people see first.
func (b *book) first() (sheet, bool) {
	for _, s := range b.sheets {
		if !s.hidden && s.name != metaSheet && s.name != listSheet {
			return s, true
		}
	}
	return sheet{}, false
}

// readStrings reads the texts that cells share.
func (b *book) readStrings() error {
	var text strings.Builder
	size := 0
	in, phonetic := false, false
	return b.walk("xl/sharedStrings.xml", maxStrings, visitor{
		start: func(e xml.StartElement) error {
			switch e.Name.Local {
			case "si":
				text.Reset()
			case "t":
				in = true
			case "rPh":
				phonetic = true
			}
			return nil
		},
		end: func(name string) error {
			switch name {
			case "si":
				if size += text.Len() + 16; size > maxStrings {
					return invalid("exchange.file.bomb")
				}
				b.shared = append(b.shared, text.String())
			case "t":
				in = false
			case "rPh":
				phonetic = false
			}
			return nil
		},
		text: func(data xml.CharData) error {
			if in && !phonetic {
				text.Write(data)
			}
			return nil
		},
	})
}

// readIdentifier reads the name that a template bears in its properties.
func (b *book) readIdentifier() error {
	in := false
	return b.walk("docProps/core.xml", maxPart, visitor{
		start: func(e xml.StartElement) error {
			in = e.Name.Local == "identifier"
			return nil
		},
		end: func(string) error {
			in = false
			return nil
		},
		text: func(data xml.CharData) error {
			if in {
				b.id += string(data)
			}
			return nil
		},
	})
}
