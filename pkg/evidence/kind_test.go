package evidence_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/evidence"
	"pilotboard/pkg/fault"
)

var pdf = []byte("%PDF-1.7\n1 0 obj\n<<>>\nendobj\n")

// pngOf gives a picture of a size, transparent but for its upper half.
func pngOf(t *testing.T, width, height int) []byte {
	t.Helper()
	picture := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height / 2 {
		for x := range width {
			picture.Set(x, y, color.NRGBA{R: 200, A: 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 20, 10)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gifOf(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := gif.Encode(&b, image.NewPaletted(image.Rect(0, 0, 20, 10), color.Palette{color.Black, color.White}), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// webp is one pixel.
func webp(t *testing.T) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// claimedPNG is nothing but the header of a picture of a size.
func claimedPNG(width, height uint32) []byte {
	chunk := append([]byte("IHDR"), make([]byte, 13)...)
	binary.BigEndian.PutUint32(chunk[4:], width)
	binary.BigEndian.PutUint32(chunk[8:], height)
	copy(chunk[12:], []byte{8, 6})
	b := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	b = append(b, chunk...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(chunk))
}

// zipOf gives a zip file with entries of these names.
func zipOf(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		entry, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := entry.Write([]byte("<x/>")); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// oleOf gives an old Office file: a header, and at the end the directory with these streams.
func oleOf(streams ...string) []byte {
	const sector, pages = 512, 20
	b := make([]byte, sector*(pages+2))
	copy(b, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
	b[24], b[26], b[28], b[29], b[30], b[32] = 0x3E, 3, 0xFE, 0xFF, 9, 6
	binary.LittleEndian.PutUint32(b[44:], 1)     // sectors of the allocation table
	binary.LittleEndian.PutUint32(b[48:], pages) // where the directory begins
	binary.LittleEndian.PutUint32(b[56:], 4096)
	binary.LittleEndian.PutUint32(b[60:], 0xFFFFFFFE)
	binary.LittleEndian.PutUint32(b[68:], 0xFFFFFFFE)
	for i := range 109 { // the allocation table is sector 0
		binary.LittleEndian.PutUint32(b[76+4*i:], map[bool]uint32{true: 0, false: 0xFFFFFFFF}[i == 0])
	}
	for i := range sector / 4 {
		binary.LittleEndian.PutUint32(b[sector+4*i:], 0xFFFFFFFF)
	}
	binary.LittleEndian.PutUint32(b[sector:], 0xFFFFFFFD)
	binary.LittleEndian.PutUint32(b[sector+4*pages:], 0xFFFFFFFE)
	for i, name := range append([]string{"Root Entry"}, streams...) {
		entry := b[sector*(pages+1)+128*i:]
		for j, c := range name {
			entry[2*j] = byte(c)
		}
		entry[64], entry[66] = byte(2*len(name)+2), 2
		for _, at := range []int{68, 72, 76} {
			binary.LittleEndian.PutUint32(entry[at:], 0xFFFFFFFF)
		}
		if i == 0 {
			entry[66] = 5
			binary.LittleEndian.PutUint32(entry[76:], 1)
		}
	}
	return b
}

func TestTypesAreToldByContent(t *testing.T) {
	const office = "application/vnd.openxmlformats-officedocument."
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	cases := []struct {
		name, called string
		content      []byte
		kind, kept   string
		picture      bool
	}{
		{"PNG", "a.png", pngOf(t, 20, 10), "image/png", "a.png", true},
		{"JPEG", "A.JPEG", jpegOf(t), "image/jpeg", "A.JPEG", true},
		{"GIF", "a.gif", gifOf(t), "image/gif", "a.gif", true},
		{"WebP", "a.webp", webp(t), "image/webp", "a.webp", true},
		{"PNG called PDF", "a.pdf", pngOf(t, 21, 10), "image/png", "a.png", true},
		{"PDF called exe", "a.exe", pdf, "application/pdf", "a.pdf", false},
		{"docx", "报告.docx", zipOf(t, "[Content_Types].xml", "_rels/.rels", "word/document.xml"), office + "wordprocessingml.document", "报告.docx", false},
		{"xlsx called zip", "表.zip", zipOf(t, "[Content_Types].xml", "xl/workbook.xml"), office + "spreadsheetml.sheet", "表.xlsx", false},
		{"pptx", "a.pptx", zipOf(t, "_rels/.rels", "ppt/presentation.xml"), office + "presentationml.presentation", "a.pptx", false},
		{"OFD", "公文.ofd", zipOf(t, "OFD.xml", "Doc_0/Document.xml"), "application/ofd", "公文.ofd", false},
		{"doc", "a.doc", oleOf("WordDocument", "1Table"), "application/msword", "a.doc", false},
		{"xls", "a.xls", oleOf("Workbook"), "application/vnd.ms-excel", "a.xls", false},
		{"ppt", "a.ppt", oleOf("PowerPoint Document"), "application/vnd.ms-powerpoint", "a.ppt", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			file := w.add(t, "community-01", c.called, c.content)
			if file.Type != c.kind || file.Name != c.kept || file.Picture != c.picture {
				t.Errorf("kept as %+v", file)
			}
		})
	}
}

func TestOtherTypesAreRefused(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	const macros = "application/vnd.ms-office.vbaProject"
	exe := append([]byte("MZ\x90\x00"), make([]byte, 200)...)
	cases := []struct {
		name, called string
		content      []byte
		found        string
	}{
		{"exe called jpg", "a.jpg", exe, "application/vnd.microsoft.portable-executable"},
		{"SVG", "a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>`), "image/svg+xml"},
		{"SVG called PNG", "a.png", []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`), "image/svg+xml"},
		{"HTML", "a.pdf", []byte("<!DOCTYPE html><script>1</script>"), "text/html"},
		{"text", "a.txt", []byte("正文"), "text/plain"},
		{"zip", "a.docx", zipOf(t, "a.txt"), "application/zip"},
		{"zip with OFD.xml further down", "a.ofd", zipOf(t, "x/OFD.xml"), "application/zip"},
		{"docx cut off", "a.docx", zipOf(t, "[Content_Types].xml", "word/document.xml")[:150], "application/zip"},
		{"docx with macros", "a.docx", zipOf(t, "[Content_Types].xml", "word/document.xml", "word/VBAProject.bin"), macros},
		{"xls with macros", "a.xls", oleOf("Workbook", "_VBA_PROJECT_CUR"), macros},
		{"OpenDocument", "a.odt", append([]byte("PK\x03\x04"+strings.Repeat("\x00", 26)), "mimetypeapplication/vnd.oasis.opendocument.text"...), "application/zip"},
		{"a storage of nothing known", "a.doc", oleOf("Something"), "application/x-ole-storage"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.Add(t.Context(), w.Actor(t, "clerk-community-01"), "community-01", c.called, bytes.NewReader(c.content))
			wantFault(t, err, fault.Invalid, "evidence.bad_type", c.found)
		})
	}
	if len(w.stored(t)) != 0 || w.count(t, "evidence_files", "1 = 1") != 0 {
		t.Error("something was kept")
	}
}

func TestSizesAreBounded(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	clerk := w.Actor(t, "clerk-community-01")
	broken := pngOf(t, 300, 300)
	cases := []struct {
		name    string
		content []byte
		key     string
		args    []any
	}{
		{"nothing", nil, "evidence.empty", nil},
		{"too large", append(pdf[:len(pdf):len(pdf)], make([]byte, evidence.MaxSize)...), "evidence.too_large", []any{20}},
		{"a bomb of pixels", claimedPNG(60000, 60000), "evidence.picture_too_large", []any{60000, 60000, 50}},
		{"a bomb of one column", claimedPNG(1, 49_000_000), "evidence.picture_too_large", nil},
		{"a header alone", claimedPNG(10, 10), "evidence.broken", nil},
		{"a picture cut off", broken[:len(broken)/2], "evidence.broken", nil},
		{"a mark alone", []byte("\xFF\xD8\xFF\xE0"), "evidence.broken", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.Add(t.Context(), clerk, "community-01", "a.png", bytes.NewReader(c.content))
			wantFault(t, err, fault.Invalid, c.key, c.args...)
		})
	}
	if len(w.stored(t)) != 0 || w.count(t, "evidence_files", "1 = 1") != 0 {
		t.Error("something was kept")
	}
	w.add(t, "community-01", "a.pdf", append(pdf[:len(pdf):len(pdf)], make([]byte, evidence.MaxSize-len(pdf))...))
}

func TestThumbnails(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	cases := []struct {
		name          string
		content       []byte
		width, height int
	}{
		{"wide", pngOf(t, 1600, 400), 320, 80},
		{"high", pngOf(t, 400, 1600), 80, 320},
		{"small stays small", pngOf(t, 20, 10), 20, 10},
		{"a line", pngOf(t, 4000, 4), 320, 1},
		{"JPEG", jpegOf(t), 20, 10},
		{"GIF", gifOf(t), 20, 10},
		{"WebP", webp(t), 1, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			file := w.add(t, "community-01", "a", c.content)
			_, r, err := w.Thumbnail(t.Context(), w.Actor(t, "viewer"), "community-01", file.Hash)
			small, format, err := image.Decode(bytes.NewReader(read(t, r, err)))
			if err != nil || format != "jpeg" || small.Bounds().Dx() != c.width || small.Bounds().Dy() != c.height {
				t.Errorf("%s of %v, %v", format, small.Bounds(), err)
			}
		})
	}
	file := w.add(t, "community-01", "a", pngOf(t, 100, 100))
	_, r, err := w.Thumbnail(t.Context(), w.Actor(t, "viewer"), "community-01", file.Hash)
	small, err := jpeg.Decode(bytes.NewReader(read(t, r, err)))
	if err != nil {
		t.Fatal(err)
	}
	if r, g, _, _ := small.At(50, 10).RGBA(); r>>8 < 180 || g>>8 > 60 {
		t.Errorf("the upper half is %v", small.At(50, 10))
	}
	if r, g, b, _ := small.At(50, 90).RGBA(); min(r, g, b)>>8 < 240 {
		t.Errorf("what is transparent is %v, not white", small.At(50, 90))
	}
}
