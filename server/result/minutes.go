package result

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/export"
)

// minutesOf lays out the minutes of a final result for signatures in ink: standings of each division with the score of
// each round, how ties were resolved, awards, and the seal of the snapshot they are made from.
func minutesOf(r Revision, ties []ResolvedTie, zone *time.Location) export.Official {
	s := r.Snapshot
	at := time.UnixMicro(r.AtUs).In(zone)
	d := export.Official{Issuer: s.OrganizerName, Where: "……………, " + export.OfficialDate(at), Title: "BIÊN BẢN", About: "Tổng hợp kết quả " + s.Name,
		Seal: Seal(r.Hash), Made: at, Wide: len(s.Rounds) > 4}
	if s.Revision > 1 {
		d.Standing = fmt.Sprintf("Đính chính lần %d: %s", s.Revision-1, s.Reason)
	}
	var rounds []string
	for _, x := range s.Rounds {
		line := x.Name
		if x.Weight != 10_000 {
			line += " (hệ số " + points(int64(x.Weight)) + " %)"
		}
		rounds = append(rounds, line)
	}
	d.Blocks = append(d.Blocks, export.Block{Text: "Các vòng, phần thi: " + strings.Join(rounds, "; ") + "."})
	for _, division := range s.Divisions {
		heading := "Kết quả"
		if len(s.Divisions) > 1 {
			heading += " " + division.Name
		}
		d.Blocks = append(d.Blocks, export.Block{Heading: heading, Table: s.standingsTable(division.ID)})
	}
	if len(ties) > 0 {
		d.Blocks = append(d.Blocks, export.Block{Heading: "Phân định đồng hạng", Table: tiesTable(ties)})
	}
	if given := s.awardsTable(); len(given.Rows) > 0 {
		d.Blocks = append(d.Blocks, export.Block{Heading: "Giải thưởng", Table: given})
	}
	d.Blocks = append(d.Blocks, export.Block{Text: "Kết quả được chốt lúc " + at.Format("15:04") + " " + export.OfficialDate(at) + ". Mã niêm phong: " + Seal(r.Hash) + "."})
	d.Signers = []export.Signer{{Role: "Thư ký"}, {Role: "Trưởng ban Giám khảo"}, {Role: "Trưởng ban Tổ chức"}}
	return d
}

func (s Snapshot) standingsTable(divisionID int64) *export.OfficialTable {
	t := &export.OfficialTable{Columns: []export.OfficialColumn{{Title: "Hạng", Width: 14, Right: true}, {Title: "SBD", Width: 13}, {Title: "Đội, thí sinh", Width: 50}}}
	for _, r := range s.Rounds {
		t.Columns = append(t.Columns, export.OfficialColumn{Title: r.Name, Width: 20, Right: true})
	}
	t.Columns = append(t.Columns, export.OfficialColumn{Title: "Tổng", Width: 19, Right: true})
	for _, st := range s.Standings {
		if st.DivisionID != divisionID {
			continue
		}
		place := export.OfficialCell{Text: "–"}
		if st.Place > 0 {
			place = export.OfficialCell{Text: itoa(st.Place), Bold: true}
			if st.Tied {
				place.Note = "đồng hạng"
			}
		}
		row := []export.OfficialCell{place, {Text: st.Number}, {Text: st.Name, Note: st.UnitName, Bold: true}}
		for _, r := range s.Rounds {
			cell := export.OfficialCell{Text: "–"}
			for _, x := range st.Scores {
				if x.RoundID == r.ID {
					cell.Text = points(x.Points)
				}
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, append(row, export.OfficialCell{Text: points(st.Total), Bold: true}))
	}
	return t
}

func (s Snapshot) awardsTable() *export.OfficialTable {
	t := &export.OfficialTable{Columns: []export.OfficialColumn{{Title: "Giải", Width: 45}, {Title: "Đội, thí sinh, đơn vị nhận", Width: 85}, {Title: "Phần thưởng", Width: 45}}}
	sheet := awardSheet(s, func(vi, _ string) string { return vi })
	for _, row := range sheet.Rows {
		text := func(i int) string { return fmt.Sprint(row[i]) }
		note := text(3)
		if text(6) != "" {
			note = strings.TrimPrefix(note+"; "+text(6), "; ")
		}
		t.Rows = append(t.Rows, []export.OfficialCell{{Text: text(1), Note: text(0), Bold: true}, {Text: text(2), Note: note}, {Text: text(5)}})
	}
	return t
}

// points writes hundredths of a point as the screen does: 7,5 and 16.
func points(hundredths int64) string {
	s := itoa(int(hundredths / 100))
	if rest := hundredths % 100; rest != 0 {
		s += strings.TrimRight(fmt.Sprintf(",%02d", rest), "0")
	}
	return s
}

// minutes prints the newest final result, as PDF or for Word.
func (s *Service) minutes(ctx context.Context, contestID int64, write func(*bytes.Buffer, export.Official) error) ([]byte, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return nil, err
	}
	r, err := s.newest(ctx, contestID)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, notFinal
	}
	ties, err := s.ties(ctx, r.Snapshot)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = write(&out, minutesOf(*r, ties, zoneOf(c)))
	return out.Bytes(), err
}

func zoneOf(c contest.Contest) *time.Location {
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

func writePDF(out *bytes.Buffer, d export.Official) error {
	_, err := export.WriteOfficialPDF(out, d)
	return err
}

func writeDOCX(out *bytes.Buffer, d export.Official) error { return export.WriteOfficialDOCX(out, d) }

// MinutesPDF prints the minutes of the newest final result.
func (s *Service) MinutesPDF(ctx context.Context, contestID int64) ([]byte, error) {
	return s.minutes(ctx, contestID, writePDF)
}
