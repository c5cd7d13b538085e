package evidence

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // a decoder
	"image/jpeg"
	_ "image/png" // likewise

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // likewise

	"pilotboard/pkg/fault"
)

const (
	// MaxPixels is the greatest number of pixels of a picture.
	MaxPixels = 50_000_000
	// ThumbnailSize is the greatest width and height of a thumbnail.
	ThumbnailSize = 320
	// ThumbnailType is the type of every thumbnail.
	ThumbnailType = "image/jpeg"

	maxSide = 50_000
)

// thumbnail draws a picture small, as a JPEG of our own on white: nothing of the uploader's file but
// what it looks like. Its size is looked at before a pixel is decoded: Invalid
// `evidence.picture_too_large`. What cannot be decoded is Invalid `evidence.broken`.
func (s *Service) thumbnail(ctx context.Context, content []byte) ([]byte, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return nil, fault.New(fault.Invalid, "evidence.broken")
	}
	if max(config.Width, config.Height) > maxSide || int64(config.Width)*int64(config.Height) > MaxPixels {
		return nil, fault.New(fault.Invalid, "evidence.picture_too_large", config.Width, config.Height, MaxPixels/1_000_000)
	}
	select {
	case s.decoding <- struct{}{}:
		defer func() { <-s.decoding }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to draw a thumbnail: %w", ctx.Err())
	}
	picture, _, err := image.Decode(bytes.NewReader(content))
	if err != nil || picture.Bounds().Empty() {
		return nil, fault.New(fault.Invalid, "evidence.broken")
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, turn(shrink(picture), orientation(content)), &jpeg.Options{Quality: 85}); err != nil {
		return nil, fmt.Errorf("write a thumbnail: %w", err)
	}
	return out.Bytes(), nil
}

// shrink draws a picture on white, no wider or higher than ThumbnailSize and never larger than it is.
func shrink(picture image.Image) *image.RGBA {
	size := picture.Bounds().Size()
	width, height := size.X, size.Y
	if longest := max(width, height); longest > ThumbnailSize {
		width, height = max(1, width*ThumbnailSize/longest), max(1, height*ThumbnailSize/longest)
	}
	small := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(small, small.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.BiLinear.Scale(small, small.Bounds(), picture, picture.Bounds(), draw.Over, nil)
	return small
}
