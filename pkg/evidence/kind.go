package evidence

import (
	"archive/zip"
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"pilotboard/pkg/fault"
)

// kind is a type of file that is taken. Extensions are those a name may have, the usual one first.
type kind struct {
	mime       string
	extensions []string
	picture    bool
}

// kinds is every type that is taken.
var kinds = []kind{
	{"image/jpeg", []string{".jpg", ".jpeg"}, true},
	{"image/png", []string{".png"}, true},
	{"image/gif", []string{".gif"}, true},
	{"image/webp", []string{".webp"}, true},
	{"application/pdf", []string{".pdf"}, false},
	{ofd, []string{".ofd"}, false},
	{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", []string{".docx"}, false},
	{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", []string{".xlsx"}, false},
	{"application/vnd.openxmlformats-officedocument.presentationml.presentation", []string{".pptx"}, false},
	{"application/msword", []string{".doc"}, false},
	{"application/vnd.ms-excel", []string{".xls"}, false},
	{"application/vnd.ms-powerpoint", []string{".ppt"}, false},
}

// Accepted lists what is taken as the accept of a file input does. The types of pictures are named, so that
// a phone offers its camera and turns what it took into one of them.
func Accepted() string {
	var list []string
	for _, k := range kinds {
		if k.picture {
			list = append(list, k.mime)
		} else {
			list = append(list, k.extensions...)
		}
	}
	return strings.Join(list, ",")
}

const (
	ofd    = "application/ofd"                      // GB/T 33190, what Chinese offices file away
	macros = "application/vnd.ms-office.vbaProject" // the part of an Office file that holds its macros
)

// kindOf tells the type by the content. What is not taken is Invalid `evidence.bad_type`, with what it
// was taken for.
func kindOf(content []byte) (kind, error) {
	found := detect(content)
	if i := slices.IndexFunc(kinds, func(k kind) bool { return k.mime == found }); i >= 0 {
		return kinds[i], nil
	}
	return kind{}, fault.New(fault.Invalid, "evidence.bad_type", found)
}

// detect gives the MIME type of the content; an Office file with macros counts as its macros.
func detect(content []byte) string {
	found := mimetype.Detect(content)
	for m := found; m != nil; m = m.Parent() {
		switch {
		case m.Is("application/zip"):
			return detectZip(content, found)
		case m.Is("application/x-ole-storage") && bytes.Contains(content, oleMacros):
			return macros
		case m.Is("image/png"): // also an animated one
			return m.String()
		}
	}
	mime, _, _ := strings.Cut(found.String(), ";")
	return mime
}

// oleMacros is the name of the stream that the macros of an old Office file begin with, in UTF-16.
var oleMacros = []byte("_\x00V\x00B\x00A\x00_\x00P\x00R\x00O\x00J\x00E\x00C\x00T\x00")

// detectZip looks at the names in a zip file, at nothing in it. A zip file whose list cannot be read
// is nothing but a zip file.
func detectZip(content []byte, found *mimetype.MIME) string {
	const plain = "application/zip"
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return plain
	}
	mime := found.String()
	for _, entry := range archive.File {
		switch {
		case strings.EqualFold(path.Base(entry.Name), "vbaProject.bin"):
			return macros
		case mime == plain && entry.Name == "OFD.xml":
			mime = ofd
		}
	}
	return mime
}
