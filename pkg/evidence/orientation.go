package evidence

import (
	"bytes"
	"encoding/binary"
	"image"
)

// orientation gives how a JPEG of a phone wants to be turned, by the Exif tag of that name: 1, as it
// is, to 8. What says nothing, or nothing that can be read, is 1.
func orientation(content []byte) int {
	const marked, exif, scan = 0xFF, 0xE1, 0xDA
	if !bytes.HasPrefix(content, []byte{marked, 0xD8}) {
		return 1
	}
	for rest := content[2:]; len(rest) > 4 && rest[0] == marked && rest[1] != scan; {
		size := 2 + int(binary.BigEndian.Uint16(rest[2:]))
		if size < 4 || size > len(rest) {
			return 1
		}
		if tiff, ok := bytes.CutPrefix(rest[4:size], []byte("Exif\x00\x00")); ok && rest[1] == exif {
			return tiffOrientation(tiff)
		}
		rest = rest[size:]
	}
	return 1
}

// tiffOrientation looks through the first list of tags.
func tiffOrientation(tiff []byte) int {
	const tag, entrySize = 0x0112, 12
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < entrySize {
			break
		}
		if value := order.Uint16(entries[8:]); order.Uint16(entries) == tag && value >= 1 && value <= 8 {
			return int(value)
		}
		entries = entries[entrySize:]
	}
	return 1
}

// turn gives a picture as its orientation wants it.
func turn(picture *image.RGBA, orientation int) *image.RGBA {
	width, height := picture.Bounds().Dx(), picture.Bounds().Dy()
	across, down := width, height
	if orientation >= 5 {
		across, down = height, width
	}
	turned := image.NewRGBA(image.Rect(0, 0, across, down))
	for y := range down {
		for x := range across {
			fromX, fromY := x, y
			switch orientation {
			case 2:
				fromX = width - 1 - x
			case 3:
				fromX, fromY = width-1-x, height-1-y
			case 4:
				fromY = height - 1 - y
			case 5:
				fromX, fromY = y, x
			case 6:
				fromX, fromY = y, height-1-x
			case 7:
				fromX, fromY = width-1-y, height-1-x
			case 8:
				fromX, fromY = width-1-y, x
			}
			turned.SetRGBA(x, y, picture.RGBAAt(fromX, fromY))
		}
	}
	return turned
}
