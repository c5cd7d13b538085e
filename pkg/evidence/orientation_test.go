package evidence

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"pgregory.net/rapid"
)

// turnedJPEG is a picture that is red in its upper left quarter, with the Exif tag of an orientation.
func turnedJPEG(t *testing.T, order binary.AppendByteOrder, orientation uint16) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 32, 16))
	for y := range 8 {
		for x := range 16 {
			picture.Set(x, y, color.RGBA{R: 255, A: 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	tiff := []byte("MM\x00\x2a")
	if order.String() == binary.LittleEndian.String() {
		tiff = []byte("II\x2a\x00")
	}
	tiff = order.AppendUint16(order.AppendUint32(tiff, 8), 2) // a list of two, at 8
	for _, entry := range [][2]uint16{{0x010F, 7}, {0x0112, orientation}} {
		tiff = order.AppendUint32(order.AppendUint16(order.AppendUint16(tiff, entry[0]), 3), 1)
		tiff = order.AppendUint16(order.AppendUint16(tiff, entry[1]), 0)
	}
	exif := append([]byte("Exif\x00\x00"), tiff...)
	content := append([]byte{0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xE1}, binary.BigEndian.AppendUint16(nil, uint16(len(exif)+2))...)
	return append(append(content, exif...), b.Bytes()[2:]...)
}

func TestPhotosStandUpright(t *testing.T) {
	s := New(nil, nil, nil, nil, nil)
	for i, corner := range []string{"top left", "top right", "bottom right", "bottom left", "top left", "top right", "bottom right", "bottom left"} {
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			t.Run(fmt.Sprintf("%d %s", i+1, order), func(t *testing.T) {
				small, err := s.thumbnail(t.Context(), turnedJPEG(t, order, uint16(i+1)))
				if err != nil {
					t.Fatal(err)
				}
				picture, err := jpeg.Decode(bytes.NewReader(small))
				if err != nil {
					t.Fatal(err)
				}
				size := picture.Bounds().Size()
				if high := size.Y > size.X; high != (i >= 4) {
					t.Errorf("size %v", size)
				}
				at := map[string]image.Point{
					"top left": {3, 3}, "top right": {size.X - 4, 3}, "bottom left": {3, size.Y - 4}, "bottom right": {size.X - 4, size.Y - 4},
				}
				for name, p := range at {
					if red, _, _, _ := picture.At(p.X, p.Y).RGBA(); (red > 0x8000) != (name == corner) {
						t.Errorf("%s is %v", name, picture.At(p.X, p.Y))
					}
				}
			})
		}
	}
}

// TestOrientationOfAnything: a damaged tag turns nothing and breaks nothing.
func TestOrientationOfAnything(t *testing.T) {
	sound := turnedJPEG(t, binary.BigEndian, 6)
	for end := range 60 {
		if got := orientation(sound[:end]); got != 1 && got != 6 {
			t.Errorf("cut off at %d it is %d", end, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		content := bytes.Clone(sound[:80])
		for range rapid.IntRange(1, 8).Draw(t, "changes") {
			content[rapid.IntRange(2, 79).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
		}
		if got := orientation(content); got < 1 || got > 8 {
			t.Fatalf("%d", got)
		}
	})
}
