package export

import (
	"io"
	"strings"
	"time"
)

// EntryCard is what stands on one printed card: all that an entry needs to get in.
type EntryCard struct {
	Contest string
	Unit    string
	Name    string
	Number  string
	Code    string // in its full length, without separators
	Link    string // the personal link behind the QR code
	Address string // where number and code are typed, as plain text: stickers over a QR code can be swapped
}

// CardWords are the fixed words of a card in the reader's language.
type CardWords struct {
	Title, Number, Code, Secret, Scan, Type string
}

// CardWordsFor gives the words in Vietnamese, or in English for "en".
func CardWordsFor(locale string) CardWords {
	if locale == "en" {
		return CardWords{
			Title: "ENTRY CARD", Number: "CANDIDATE NUMBER", Code: "ENTRY CODE", Secret: "Keep this code secret",
			Scan: "Scan to enter", Type: "or open this address:",
		}
	}
	return CardWords{
		Title: "THẺ DỰ THI", Number: "SỐ BÁO DANH", Code: "MÃ DỰ THI", Secret: "Giữ kín mã này",
		Scan: "Quét để vào thi", Type: "hoặc mở địa chỉ:",
	}
}

// The sheet: two columns of four cards, the same white on both sides so that a guillotine cuts them in one go.
const (
	cardColumns = 2
	cardRows    = 4
	cardWidth   = 99.0
	cardHeight  = 70.0
	cardLeft    = (A4Width - cardColumns*cardWidth) / 2
	cardTop     = (A4Height - cardRows*cardHeight) / 2
	cardPad     = 6.5
	cardQR      = 30.0
	cardGap     = 6.0
)

// WriteEntryCards prints the cards, eight on an A4 page, and reports the letters that had to be replaced.
func WriteEntryCards(w io.Writer, title string, made time.Time, words CardWords, cards []EntryCard) ([]rune, error) {
	paper, err := NewPaper(title, made)
	if err != nil {
		return nil, err
	}
	for i, card := range cards {
		place := i % (cardColumns * cardRows)
		if place == 0 {
			paper.Page()
			paper.cutLines(min(len(cards)-i, cardColumns*cardRows))
		}
		x := cardLeft + float64(place%cardColumns)*cardWidth
		y := cardTop + float64(place/cardColumns)*cardHeight
		if err := paper.entryCard(x, y, words, card); err != nil {
			return nil, err
		}
	}
	if len(cards) == 0 {
		paper.Page()
	}
	return paper.Replaced(), paper.Finish(w)
}

// cutLines draws the grid as far as cards stand on the page; each line reaches a little beyond the corner.
func (p *Paper) cutLines(cards int) {
	const beyond = 3.0
	rows := (cards + cardColumns - 1) / cardColumns
	columns := min(cards, cardColumns)
	right, bottom := cardLeft+float64(columns)*cardWidth, cardTop+float64(rows)*cardHeight
	for c := range columns + 1 {
		x := cardLeft + float64(c)*cardWidth
		p.CutLine(x, cardTop-beyond, x, bottom+beyond)
	}
	for r := range rows + 1 {
		y := cardTop + float64(r)*cardHeight
		p.CutLine(cardLeft-beyond, y, right+beyond, y)
	}
}

func (p *Paper) entryCard(x, y float64, words CardWords, card EntryCard) error {
	code, err := EncodeQR(card.Link)
	if err != nil {
		return err
	}
	left, right := x+cardPad, x+cardWidth-cardPad
	qrLeft := right - cardQR
	column := qrLeft - cardGap - left

	// Head: what this is, and of which contest.
	p.Use(SansBold, 6.5, Accent)
	p.Write(left, y+8, words.Title)
	p.Lines(left, y+10.2, p.FitBox(card.Contest, right-left, 9, SansBold, 10, 6.5, Black))
	rule := y + 20.4
	p.Rule(left, rule, right, rule, 0.35, Accent)

	// Left: who, and the two things to type.
	bottom := p.Lines(left, rule+3, p.FitBox(card.Name, column, 14.5, SansBold, 13, 8, Black))
	if card.Unit != "" {
		p.Lines(left, bottom+2.3, p.FitBox(card.Unit, column, 7.4, Sans, 8.5, 6.5, SoftInk))
	}

	base := y + cardHeight - cardPad
	p.Use(Sans, 6, SoftInk)
	p.Write(left, base-16.4, words.Number)
	p.Fit(card.Number, 18.5, 1, SansBold, 22, 10, Black)
	p.Write(left, base-8, card.Number)

	codeLeft := left + 21.5
	p.Use(Sans, 6, SoftInk)
	p.Write(codeLeft, base-16.4, words.Code)
	grouped := GroupCode(card.Code)
	p.Fit(grouped, qrLeft-cardGap-codeLeft, 1, SansBold, 15, 9, Black)
	p.Write(codeLeft, base-8, grouped)
	p.Rule(left, base-4.6, qrLeft-cardGap, base-4.6, 0.15, HairInk)
	p.Use(SansBold, 7, Black)
	p.Write(left, base-0.6, words.Secret)

	// Right: the same by camera, with the address in plain text under it.
	qrTop := rule + 3
	p.QR(code, qrLeft, qrTop, cardQR)
	p.Link(card.Link, qrLeft, qrTop, cardQR, cardQR)
	p.Use(SansBold, 6.5, Black)
	p.WriteCentred(qrLeft+cardQR/2, qrTop+cardQR+3.3, words.Scan)
	p.Use(Sans, 6, SoftInk)
	p.WriteCentred(qrLeft+cardQR/2, qrTop+cardQR+6, words.Type)
	line := qrTop + cardQR + 6.2
	for _, text := range p.Fit(plainAddress(card.Address), cardQR+2, 2, SansBold, 6.5, 5, Black) {
		line += p.Leading()
		p.WriteCentred(qrLeft+cardQR/2, line, text)
	}
	return nil
}

// plainAddress is an address as people type it: without the protocol and a closing slash.
func plainAddress(address string) string {
	address = strings.TrimPrefix(strings.TrimPrefix(address, "https://"), "http://")
	return strings.TrimSuffix(address, "/")
}

// GroupCode parts a code into groups of four, for the eye: "ABCD-2345".
func GroupCode(code string) string {
	var b strings.Builder
	for i, r := range code {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return b.String()
}
