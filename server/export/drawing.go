package export

import (
	"bytes"
	"image"
	"image/draw"
	_ "image/gif" // pictures of any of these kinds are printed
	"image/jpeg"
	_ "image/png"

	"github.com/signintech/gopdf"
)

// Frame draws the outline of a rectangle.
func (p *Paper) Frame(x, y, width, height, line float64, ink Ink) {
	p.pdf.SetLineType("solid")
	p.pdf.SetLineWidth(line)
	p.pdf.SetStrokeColor(ink.R, ink.G, ink.B)
	p.pdf.RectFromUpperLeftWithStyle(x, y, width, height, "D")
}

// Circle draws the outline of a circle around x and y.
func (p *Paper) Circle(x, y, radius, line float64, ink Ink) {
	p.pdf.SetLineType("solid")
	p.pdf.SetLineWidth(line)
	p.pdf.SetStrokeColor(ink.R, ink.G, ink.B)
	p.pdf.Oval(x-radius, y-radius, x+radius, y+radius)
}

// Dots draws a dotted line to write on.
func (p *Paper) Dots(x1, y, x2 float64) {
	p.pdf.SetCustomLineType([]float64{0.3, 0.9}, 0)
	p.stroke(x1, y, x2, y, 0.3, SoftInk)
	p.pdf.SetLineType("solid")
}

// Picture puts a PNG, JPEG or GIF into a rectangle, on white where it is transparent. False: it can't be read.
func (p *Paper) Picture(data []byte, x, y, width, height float64) bool {
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return false
	}
	b := img.Bounds()
	flat := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for i := range flat.Pix {
		flat.Pix[i] = 0xff
	}
	draw.Draw(flat, flat.Bounds(), img, b.Min, draw.Over)
	var jpg bytes.Buffer
	if err := jpeg.Encode(&jpg, flat, &jpeg.Options{Quality: 90}); err != nil {
		return false
	}
	holder, err := gopdf.ImageHolderByBytes(jpg.Bytes())
	if err != nil {
		return false
	}
	p.keep(p.pdf.ImageByHolder(holder, x, y, &gopdf.Rect{W: width, H: height}))
	return true
}
