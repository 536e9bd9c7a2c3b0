package export

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"

	"github.com/boombuler/barcode/qr"

	"github.com/hoithi/hoithi/server/fault"
)

// maxQRText keeps codes coarse enough for an old phone's camera at arm's length.
const maxQRText = 300

// QR is a QR code as a grid of modules, without its quiet zone.
type QR struct {
	Size    int // modules along one side
	modules []bool
}

// EncodeQR makes the QR code of a text, with the medium level of correction: a fold or a fingerprint does no harm.
func EncodeQR(text string) (QR, error) {
	if text == "" || len(text) > maxQRText {
		return QR{}, fault.New(fault.Invalid, "qr_text",
			"Nội dung mã QR trống hoặc dài quá 300 ký tự.",
			"The text of the QR code is empty or longer than 300 characters.")
	}
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return QR{}, fmt.Errorf("encode QR: %w", err)
	}
	size := code.Bounds().Dx()
	q := QR{Size: size, modules: make([]bool, size*size)}
	for y := range size {
		for x := range size {
			q.modules[y*size+x] = color.GrayModel.Convert(code.At(x, y)).(color.Gray).Y < 128
		}
	}
	return q, nil
}

// Dark tells whether a module is dark; outside of the grid nothing is.
func (q QR) Dark(x, y int) bool {
	return x >= 0 && y >= 0 && x < q.Size && y < q.Size && q.modules[y*q.Size+x]
}

// quietZone is the white margin that the standard asks for, in modules.
const quietZone = 4

// SVGPath gives the d attribute of one path, and the side of its square viewBox with the quiet zone: a screen draws it
// with its own colours, at any size, without an image request.
func (q QR) SVGPath() (d string, side int) {
	var b strings.Builder
	q.runs(func(x, y, width int) {
		fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quietZone, y+quietZone, width, width)
	})
	return b.String(), q.Size + 2*quietZone
}

// PNG draws the code with its quiet zone, scale pixels a module.
func (q QR) PNG(scale int) ([]byte, error) {
	if scale < 1 || scale > 40 {
		scale = 8
	}
	side := (q.Size + 2*quietZone) * scale
	img := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	q.runs(func(x, y, width int) {
		for py := (y + quietZone) * scale; py < (y+quietZone+1)*scale; py++ {
			row := img.Pix[py*img.Stride+(x+quietZone)*scale:]
			for i := range width * scale {
				row[i] = 1
			}
		}
	})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("encode PNG: %w", err)
	}
	return b.Bytes(), nil
}

// runs calls draw for each horizontal run of dark modules.
func (q QR) runs(draw func(x, y, width int)) {
	for y := range q.Size {
		for x := 0; x < q.Size; x++ {
			start := x
			for q.Dark(x, y) {
				x++
			}
			if x > start {
				draw(start, y, x-start)
			}
		}
	}
}
