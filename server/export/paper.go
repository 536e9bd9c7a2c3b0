// Package export writes what leaves the program: printed papers (PDF), spreadsheets (XLSX), QR codes; and reads the
// spreadsheets that come in.
//
// It knows no contest: callers hand it finished words and numbers. It must never let a text be dropped silently from a
// paper, nor let a cell that people typed act as a formula.
package export

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-fonts/liberation/liberationserifbold"
	"github.com/go-fonts/liberation/liberationserifitalic"
	"github.com/go-fonts/liberation/liberationserifregular"
	"github.com/signintech/gopdf"
	"github.com/signintech/gopdf/fontmaker/core"
	"golang.org/x/text/unicode/norm"
)

// Font is one of the typefaces that are embedded in papers: twins of Arial (Sans) and Times New Roman (Serif).
type Font string

const (
	Sans        Font = "sans"
	SansBold    Font = "sans-bold"
	Serif       Font = "serif"
	SerifBold   Font = "serif-bold"
	SerifItalic Font = "serif-italic"
)

// Ink is a printed colour.
type Ink struct{ R, G, B uint8 }

var (
	Black    = Ink{0x13, 0x1a, 0x2a}
	SoftInk  = Ink{0x56, 0x60, 0x79}
	HairInk  = Ink{0xb9, 0xb5, 0xa8}
	Accent   = Ink{0x0a, 0x4d, 0xa3}
	pureDark = Ink{0, 0, 0}
)

// missing is printed for a letter that the font does not have, so that the gap is seen.
const missing = '?'

type typefaces struct {
	container *gopdf.FontContainer
	glyphs    map[Font]map[int]uint
}

// loadTypefaces parses the fonts once for the whole program.
var loadTypefaces = sync.OnceValues(func() (*typefaces, error) {
	t := &typefaces{container: &gopdf.FontContainer{}, glyphs: map[Font]map[int]uint{}}
	for font, data := range map[Font][]byte{
		Sans: liberationsansregular.TTF, SansBold: liberationsansbold.TTF,
		Serif: liberationserifregular.TTF, SerifBold: liberationserifbold.TTF, SerifItalic: liberationserifitalic.TTF,
	} {
		if err := t.container.AddTTFFontData(string(font), data); err != nil {
			return nil, fmt.Errorf("load font %s: %w", font, err)
		}
		var parser core.TTFParser
		if err := parser.ParseFontData(data); err != nil {
			return nil, fmt.Errorf("parse font %s: %w", font, err)
		}
		t.glyphs[font] = parser.Chars()
	}
	return t, nil
})

// Paper is an A4 document in the making. Lengths are millimetres from the upper left corner, sizes of type are points.
// The first error sticks: drawing goes on harmlessly and Finish returns it.
type Paper struct {
	pdf      *gopdf.GoPdf
	faces    *typefaces
	font     Font
	size     float64
	replaced map[rune]bool
	err      error
}

// A4 in millimetres.
const (
	A4Width  = 210.0
	A4Height = 297.0
)

// NewPaper starts a document. made is written into it as its date.
func NewPaper(title string, made time.Time) (*Paper, error) {
	faces, err := loadTypefaces()
	if err != nil {
		return nil, err
	}
	pdf := &gopdf.GoPdf{}
	pdf.Start(gopdf.Config{Unit: gopdf.UnitMM, PageSize: gopdf.Rect{W: A4Width, H: A4Height}})
	pdf.SetInfo(gopdf.PdfInfo{Title: norm.NFC.String(title), Creator: "Hội Thi", Producer: "Hội Thi", CreationDate: made})
	p := &Paper{pdf: pdf, faces: faces, replaced: map[rune]bool{}}
	for _, font := range []Font{Sans, SansBold, Serif, SerifBold, SerifItalic} {
		if err := pdf.AddTTFFontFromFontContainer(string(font), faces.container); err != nil {
			return nil, fmt.Errorf("add font %s: %w", font, err)
		}
	}
	return p, nil
}

// Page begins a new page.
func (p *Paper) Page() { p.pdf.AddPage() }

// Use chooses type, size in points and colour for the text that follows.
func (p *Paper) Use(font Font, size float64, ink Ink) {
	p.font, p.size = font, size
	p.keep(p.pdf.SetFont(string(font), "", size))
	p.pdf.SetTextColor(ink.R, ink.G, ink.B)
}

// Write sets one line of text with its baseline at y.
func (p *Paper) Write(x, y float64, text string) {
	text = p.Printable(text)
	if text == "" {
		return
	}
	p.pdf.SetXY(x, y)
	p.keep(p.pdf.Text(text))
}

// WriteCentred sets one line of text around x.
func (p *Paper) WriteCentred(x, y float64, text string) {
	p.Write(x-p.Width(text)/2, y, text)
}

// WriteRight sets one line of text that ends at x.
func (p *Paper) WriteRight(x, y float64, text string) {
	p.Write(x-p.Width(text), y, text)
}

// Width measures a line of text in the chosen type.
func (p *Paper) Width(text string) float64 {
	text = p.Printable(text)
	if text == "" {
		return 0
	}
	w, err := p.pdf.MeasureTextWidth(text)
	p.keep(err)
	return w
}

// Printable brings a text into the form that the chosen font can print: composed letters (NFC), no control
// characters, and a question mark for each letter the font lacks, which Replaced then reports.
func (p *Paper) Printable(text string) string {
	glyphs := p.faces.glyphs[p.font]
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\u00a0' || r == '\u202f':
			return ' '
		case r < ' ' || r == 0x7f || r == '\u200b' || r == '\ufeff' || r == '\u00ad':
			return -1
		}
		if _, ok := glyphs[int(r)]; ok {
			return r
		}
		p.replaced[r] = true
		return missing
	}, norm.NFC.String(text))
}

// Replaced lists the letters that no font of ours has and that were printed as a question mark, in order.
func (p *Paper) Replaced() []rune {
	out := make([]rune, 0, len(p.replaced))
	for r := range p.replaced {
		out = append(out, r)
	}
	slices.Sort(out)
	return out
}

// Rule draws a line.
func (p *Paper) Rule(x1, y1, x2, y2, width float64, ink Ink) {
	p.pdf.SetLineType("solid")
	p.stroke(x1, y1, x2, y2, width, ink)
}

// CutLine draws a dashed line to cut along.
func (p *Paper) CutLine(x1, y1, x2, y2 float64) {
	p.pdf.SetCustomLineType([]float64{1.1, 1.1}, 0)
	p.stroke(x1, y1, x2, y2, 0.15, HairInk)
	p.pdf.SetLineType("solid")
}

func (p *Paper) stroke(x1, y1, x2, y2, width float64, ink Ink) {
	p.pdf.SetLineWidth(width)
	p.pdf.SetStrokeColor(ink.R, ink.G, ink.B)
	p.pdf.Line(x1, y1, x2, y2)
}

// Fill paints a rectangle, with rounded corners if radius is positive.
func (p *Paper) Fill(x, y, width, height, radius float64, ink Ink) {
	p.pdf.SetFillColor(ink.R, ink.G, ink.B)
	if radius <= 0 {
		p.pdf.RectFromUpperLeftWithStyle(x, y, width, height, "F")
		return
	}
	p.pdf.SetLineWidth(0.01)
	p.pdf.SetStrokeColor(ink.R, ink.G, ink.B)
	p.keep(p.pdf.Rectangle(x, y, x+width, y+height, "F", radius, 12))
}

// QR draws a code of the given side without its quiet zone: leave four modules of white around it.
func (p *Paper) QR(code QR, x, y, side float64) {
	p.pdf.SetFillColor(pureDark.R, pureDark.G, pureDark.B)
	module := side / float64(code.Size)
	code.runs(func(mx, my, width int) {
		// A hair of overlap keeps viewers from showing white seams between the rows.
		p.pdf.RectFromUpperLeftWithStyle(x+float64(mx)*module, y+float64(my)*module, float64(width)*module, module*1.04, "F")
	})
}

// Link makes an area open an address when it is tapped on a screen.
func (p *Paper) Link(address string, x, y, width, height float64) {
	p.pdf.AddExternalLink(address, x, y, width, height)
}

// Finish writes the document.
func (p *Paper) Finish(w io.Writer) error {
	if p.err != nil {
		return p.err
	}
	if _, err := p.pdf.WriteTo(w); err != nil {
		return fmt.Errorf("write PDF: %w", err)
	}
	return nil
}

func (p *Paper) keep(err error) {
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("set type: %w", err)
	}
}
