package judging

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/export"
)

// Minutes are the paper of a judged part, for signatures in ink. They are made from what was signed and nothing else, so
// that each figure is that of the screen; before the close from the part as it stands, and say so.
type Minutes struct {
	Record     Record
	Contest    contest.Contest
	Seal       string // empty: not closed
	ClosedUs   int64
	Signatures []Signature
	Witnessed  bool
	Made       time.Time
}

// Minutes reads what was signed when the part was closed for the n-th time; 0: the part as it stands now.
func (s *Service) Minutes(ctx context.Context, contestID, roundID int64, signing int) (Minutes, error) {
	_, j, err := s.Table(ctx, contestID, roundID)
	if err != nil {
		return Minutes{}, err
	}
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return Minutes{}, err
	}
	m := Minutes{Contest: c, Made: time.UnixMicro(s.nowUs())}
	if signing == 0 && j.Closed() {
		signing = j.Signing.Number
	}
	if signing == 0 {
		m.Record, m.Witnessed = j.For(account.From(ctx).AccountID).Record(), j.Signing.Supervised
		return m, nil
	}
	record, hash, err := s.SignedRecord(ctx, contestID, roundID, signing)
	if err != nil {
		return Minutes{}, err
	}
	m.Record, m.Seal = record, sealOf(hash)
	for _, x := range j.Signing.Signatures {
		if x.Number != signing {
			continue
		}
		if x.Step == StepClose {
			m.ClosedUs = x.AtUs
		}
		// Of a check that was sent back before the close only the one that led to it signs.
		if bytes.Equal(x.Hash, hash) {
			m.Signatures = append(m.Signatures, x)
		}
	}
	m.Witnessed = j.Signing.Supervised
	return m, nil
}

// Official lays the minutes out.
func (m Minutes) Official() export.Official {
	r := m.Record
	zone, err := time.LoadLocation(m.Contest.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	day := m.Made
	if m.ClosedUs != 0 {
		day = time.UnixMicro(m.ClosedUs)
	}
	day = day.In(zone)
	d := export.Official{Issuer: m.Contest.OrganizerName, Where: "……………, " + export.OfficialDate(day), Title: "BIÊN BẢN",
		About: "Chấm điểm phần thi “" + r.RoundName + "”, " + m.Contest.Name, Seal: m.Seal, Made: m.Made, Wide: len(r.Panel) > 6}
	switch {
	case m.Seal == "":
		d.Standing = "Bản tạm: phần thi chưa chốt"
	case r.Signing > 1:
		d.Standing = fmt.Sprintf("Chốt lần %d, thay bản đã thu hồi", r.Signing)
	}
	d.Blocks = append(d.Blocks, export.Block{Heading: "I. Thành phần", Text: m.people()},
		export.Block{Heading: "II. Cách chấm", Text: m.rules()},
		export.Block{Heading: "III. Kết quả", Table: m.results()})
	closing := "Điểm trong bảng là tổng điểm từng phiếu; phiếu gạch ngang không tính theo cách chấm nói trên."
	if m.Seal != "" {
		closing += "\nPhần thi được chốt lúc " + day.Format("15:04") + " " + export.OfficialDate(day) + ". Mã niêm phong: " + m.Seal + "."
	}
	d.Blocks = append(d.Blocks, export.Block{Text: closing})
	d.Blocks = append(d.Blocks, m.workings(), m.annex(zone))
	d.Signers = m.signers()
	return d
}

func (m Minutes) people() string {
	var lines []string
	for _, s := range m.Record.Panel {
		line := SeatName(s.Seat) + ": " + s.Name
		if s.Head {
			line += ", Trưởng ban Giám khảo"
		}
		if s.Absent {
			line += " (vắng)"
		}
		lines = append(lines, line)
	}
	for _, s := range m.Signatures {
		if s.Step == StepCheck {
			lines = append(lines, "Thư ký: "+s.Name)
		}
		if s.Step == StepWitness {
			lines = append(lines, "Giám sát: "+s.Name)
		}
	}
	return strings.Join(lines, "\n")
}

func (m Minutes) rules() string {
	var parts []string
	for _, c := range m.Record.Criteria {
		line := c.Name + " " + Points(c.Max, 0)
		if c.Weight != 10_000 {
			line += " × " + Points(c.Weight, 0) + " %"
		}
		parts = append(parts, line)
	}
	return "Biểu điểm: " + strings.Join(parts, "; ") + ". Tối đa mỗi phiếu " + Points(m.Record.MaxTotal, 0) + " điểm.\n" +
		"Kết hợp các phiếu: " + RuleText(m.Record.Rules) + "\nThời gian: " + OvertimeText(m.Record.Rules.Overtime) + "."
}

func (m Minutes) results() *export.OfficialTable {
	decimals := int(m.Record.Rules.Combining.Decimals)
	t := &export.OfficialTable{Columns: []export.OfficialColumn{{Title: "TT", Width: 8}, {Title: "Đội, thí sinh", Width: 46}}}
	for _, s := range m.Record.Panel {
		t.Columns = append(t.Columns, export.OfficialColumn{Title: SeatName(s.Seat), Width: 15, Right: true})
	}
	t.Columns = append(t.Columns, export.OfficialColumn{Title: "Kết hợp", Width: 17, Right: true}, export.OfficialColumn{Title: "Thời gian", Width: 16, Right: true},
		export.OfficialColumn{Title: "Trừ", Width: 16, Right: true}, export.OfficialColumn{Title: "Điểm", Width: 17, Right: true}, export.OfficialColumn{Title: "Hạng", Width: 13, Right: true})
	for _, turn := range m.Record.Turns {
		row := []export.OfficialCell{{Text: itoa(turn.Position)}, {Text: turn.EntryName, Note: turn.under(), Bold: true}}
		for _, s := range m.Record.Panel {
			row = append(row, turn.sheetCell(s.Seat, decimals))
		}
		time := export.OfficialCell{Text: onClock(turn.Seconds)}
		if turn.TimedByHand {
			time.Note = "sửa tay"
		}
		off := export.OfficialCell{Text: Points(0, decimals)}
		if d := turn.Working.Overtime.Deduction; d > 0 {
			off.Text = "−" + Points(d, decimals)
		}
		score, place := export.OfficialCell{Text: "–"}, export.OfficialCell{Text: "–"}
		if turn.Complete {
			score = export.OfficialCell{Text: ScoreText(turn.Working), Bold: true}
			place = export.OfficialCell{Text: itoa(turn.Place), Bold: true}
			if turn.Tied {
				place.Note = "đồng hạng"
			}
		}
		t.Rows = append(t.Rows, append(row, export.OfficialCell{Text: CombinedText(turn.Working)}, time, off, score, place))
	}
	return t
}

// under is what stands below the name of an entry: its unit, and the code under which it was judged.
func (t RecordTurn) under() string {
	var parts []string
	if t.UnitName != "" && t.UnitName != t.EntryName {
		parts = append(parts, t.UnitName)
	}
	if t.Code != "" && t.Code != t.EntryName {
		parts = append(parts, "mã "+t.Code)
	}
	return strings.Join(parts, " · ")
}

// sheetCell is the total of a sheet, struck through where it does not count.
func (t RecordTurn) sheetCell(seat, decimals int) export.OfficialCell {
	cell := export.OfficialCell{Text: "–"}
	for _, s := range t.Sheets {
		if s.Seat == seat {
			cell.Text = Points(s.Total, decimals)
			if s.Paper {
				cell.Note = "giấy"
			}
		}
	}
	for _, w := range t.Working.Sheets {
		if w.Seat != seat {
			continue
		}
		reason := DroppedReason(w.Dropped)
		switch {
		case reason != "":
			cell.Struck, cell.Note = true, strings.TrimPrefix(reason, "bỏ: ")
		case w.Rank != 0 && w.Counted != w.Total:
			cell.Note = "còn " + Points(w.Counted, decimals) + ", thứ " + Points(w.Rank, 0)
		case w.Rank != 0:
			cell.Note = "thứ " + Points(w.Rank, 0)
		}
	}
	return cell
}

// workings is the annex with the way from the totals to each score.
func (m Minutes) workings() export.Block {
	t := &export.OfficialTable{Columns: []export.OfficialColumn{{Title: "Đội, thí sinh", Width: 45, Groups: true}, {Title: "Bước tính", Width: 52}, {Title: "Phép tính", Width: 55}, {Title: "Kết quả", Width: 22, Right: true}}}
	for _, turn := range m.Record.Turns {
		if !turn.Complete {
			continue
		}
		name := turn.EntryName
		for _, line := range Arithmetic(turn.Working) {
			t.Rows = append(t.Rows, []export.OfficialCell{{Text: name}, {Text: line.Label}, {Text: line.How}, {Text: line.Result}})
			name = ""
		}
		t.Rows = append(t.Rows, []export.OfficialCell{{Text: name}, {Text: "Điểm", Bold: true}, {}, {Text: ScoreText(turn.Working), Bold: true}})
	}
	return export.Block{NewPage: true, Heading: "Phụ lục 1. Cách tính điểm từng lượt", Table: t, Text: m.notes()}
}

// notes is what a reader must know to follow the arithmetic: what holds for all turns once, the rest with the turns.
func (m Minutes) notes() string {
	var notes []string
	of := map[string][]string{}
	turns := 0
	for _, turn := range m.Record.Turns {
		if !turn.Complete {
			continue
		}
		turns++
		for _, note := range ArithmeticNotes(turn.Working) {
			if len(of[note]) == 0 {
				notes = append(notes, note)
			}
			of[note] = append(of[note], turn.EntryName)
		}
	}
	for i, note := range notes {
		if entries := of[note]; len(entries) < turns {
			notes[i] = strings.Join(entries, ", ") + ": " + note
		}
	}
	return strings.Join(notes, "\n")
}

// annex tells what did not go by itself.
func (m Minutes) annex(zone *time.Location) export.Block {
	b := export.Block{Heading: "Phụ lục 2. Các sự việc trong phần thi"}
	if len(m.Record.Exceptions) == 0 {
		b.Text = "Không có sự việc nào."
		return b
	}
	b.Table = &export.OfficialTable{Columns: []export.OfficialColumn{{Title: "TT", Width: 8}, {Title: "Lúc", Width: 20}, {Title: "Sự việc", Width: 140}}}
	for i, x := range m.Record.Exceptions {
		at := "—" // not at one moment
		if x.AtUs != 0 {
			at = time.UnixMicro(x.AtUs).In(zone).Format("15:04 02/01/2006")
		}
		b.Table.Rows = append(b.Table.Rows, []export.OfficialCell{{Text: itoa(i + 1)}, {Text: at}, {Text: x.Vi}})
	}
	return b
}

func (m Minutes) signers() []export.Signer {
	named := map[Step]string{}
	for _, s := range m.Signatures {
		named[s.Step] = s.Name
	}
	list := []export.Signer{{Role: "Thư ký", Name: named[StepCheck]}}
	if m.Witnessed || named[StepWitness] != "" {
		list = append(list, export.Signer{Role: "Giám sát", Name: named[StepWitness]})
	}
	head := export.Signer{Role: "Trưởng ban Giám khảo"}
	var judges []export.Signer
	for _, s := range m.Record.Panel {
		switch {
		case s.Head:
			head.Name = s.Name
		case !s.Absent:
			judges = append(judges, export.Signer{Role: "Giám khảo " + itoa(s.Seat), Name: s.Name})
		}
	}
	return append(append(list, head), judges...)
}
