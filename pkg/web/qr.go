package web

import (
	"fmt"
	"html/template"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quiet is the width of the white edge that a code needs, in modules.
const quiet = 4

// qrCode draws text as a QR code, one unit per module, to be sized by the style sheet.
func qrCode(text string) (template.HTML, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", fmt.Errorf("draw a QR code: %w", err)
	}
	size := code.Bounds().Dx()
	var path strings.Builder
	for y := range size {
		for x := range size {
			if code.At(x, y) == color.Black {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	return template.HTML(fmt.Sprintf(`<svg class="qr" shape-rendering="crispEdges" viewBox="%d %d %d %d" role="img" aria-label="QR"><path d="%s"/></svg>`, // #nosec G203: numbers only
		-quiet, -quiet, size+2*quiet, size+2*quiet, path.String())), nil
}
