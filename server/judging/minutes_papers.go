package judging

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/hoithi/hoithi/server/export"
)

// UseAddress tells the address under which phones in the hall open the program: the codes on paper sheets lead there.
func (s *Service) UseAddress(address string) { s.address = address }

// Papers prints the mark sheets of a part for pen and paper, two on a page where they fit: judge × entry, with a code
// that opens the sheet in the secretary's table.
func (s *Service) Papers(ctx context.Context, contestID, roundID int64) ([]byte, error) {
	_, j, err := s.Table(ctx, contestID, roundID)
	if err != nil {
		return nil, err
	}
	if gaps := j.SetUpGaps(); len(gaps) > 0 {
		return nil, withGaps(errNotReady, gaps)
	}
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return nil, err
	}
	j = j.For(0) // judges write on them, whoever prints them
	paper, err := export.NewPaper("Phiếu chấm "+j.RoundName, time.UnixMicro(s.nowUs()))
	if err != nil {
		return nil, err
	}
	p := &sheetPrinter{Paper: paper, j: j, contest: c.Name, height: export.A4Height / 2}
	if len(j.Criteria) > 7 {
		p.height = export.A4Height
	}
	for _, seat := range j.Panel {
		if seat.Absent {
			continue
		}
		p.at = 0 // each judge's sheets begin on a page of their own
		for _, turn := range j.counting() {
			if turn.Withdrawn && turn.State == Planned || !j.Sits(turn, seat) {
				continue
			}
			link := fmt.Sprintf("%s/organizer/contests/%d/rounds/%d/judging?turn=%d&seat=%d", s.address, contestID, roundID, turn.ID, seat.Number)
			if err := p.sheet(seat, turn, link); err != nil {
				return nil, err
			}
		}
	}
	var out bytes.Buffer
	if err := paper.Finish(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// sheetPrinter sets sheets one below the other.
type sheetPrinter struct {
	*export.Paper
	j       Judging
	contest string
	height  float64
	at      float64 // upper edge of the next sheet; 0: on a new page
}

func (p *sheetPrinter) sheet(seat Seat, turn Performance, link string) error {
	if p.at == 0 || p.at+p.height > export.A4Height+0.1 {
		p.Page()
		p.at = 0
	} else {
		p.CutLine(8, p.at, export.A4Width-8, p.at)
	}
	const left, right, code = 18.0, export.A4Width - 18.0, 22.0
	top := p.at + 12
	qr, err := export.EncodeQR(link)
	if err != nil {
		return err
	}
	p.QR(qr, right-code, top, code)
	p.Use(export.Sans, 8, export.SoftInk)
	p.WriteCentred(right-code/2, top+code+3.5, fmt.Sprintf("%s · %d", SeatName(seat.Number), turn.Position))
	wide := right - left - code - 8
	p.Write(left, top+3, p.first(p.contest, wide))
	p.Use(export.SansBold, 14, export.Black)
	p.Write(left, top+10, p.first("PHIẾU CHẤM · "+p.j.RoundName, wide))
	p.Use(export.Sans, 11, export.Black)
	head := ""
	if seat.Head {
		head = ", Trưởng ban"
	}
	p.Write(left, top+17, p.first(SeatName(seat.Number)+": "+seat.Name+head, wide))
	p.Use(export.SansBold, 12, export.Black)
	entry := fmt.Sprintf("%d. %s", turn.Position, turn.EntryName)
	if turn.UnitName != "" && turn.UnitName != turn.EntryName {
		entry += " · " + turn.UnitName
	}
	p.Write(left, top+24, p.first(entry, wide))
	y := top + 31
	const row, given = 9.0, 34.0
	for _, c := range p.j.Criteria {
		p.Frame(left, y, right-left, row, 0.25, export.Black)
		p.Rule(right-given, y, right-given, y+row, 0.25, export.Black)
		p.Use(export.Sans, 10.5, export.Black)
		note := "tối đa " + Points(c.Max, 0) + ", bước " + Points(c.Step, 0)
		if c.Weight != 10_000 {
			note += ", hệ số " + Points(c.Weight, 0) + " %"
		}
		p.Write(left+2, y+6, p.first(c.Name, 92))
		p.Use(export.Sans, 8.5, export.SoftInk)
		p.WriteRight(right-given-2, y+6, note)
		y += row
	}
	p.Frame(left, y, right-left, row, 0.4, export.Black)
	p.Rule(right-given, y, right-given, y+row, 0.25, export.Black)
	p.Use(export.SansBold, 10.5, export.Black)
	p.Write(left+2, y+6, "Tổng điểm (tối đa "+Points(p.j.Rubric().Max(p.j.Rules.Combining.Decimals), 0)+")")
	y += row + 7
	p.Use(export.Sans, 9.5, export.Black)
	p.Write(left, y, "Nhận xét:")
	p.Dots(left+17, y+0.5, right-62)
	p.Write(right-58, y, "Giám khảo ký:")
	p.Dots(right-34, y+0.5, right)
	p.at += p.height
	return nil
}

// first is as much of a text as fits one line.
func (p *sheetPrinter) first(text string, width float64) string {
	lines := p.Wrap(text, width)
	switch len(lines) {
	case 0:
		return ""
	case 1:
		return lines[0]
	}
	return lines[0] + "…"
}
