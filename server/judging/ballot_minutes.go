package judging

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/export"
)

// BallotMinutes prints the minutes of a ballot for signatures in ink: who voted (never for whom, unless it was an open
// ballot), the counts of each run, and how the prize was decided.
func (s *Service) BallotMinutes(ctx context.Context, contestID, id int64) (export.Official, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return export.Official{}, err
	}
	book, err := s.Ballots(ctx, contestID)
	if err != nil {
		return export.Official{}, err
	}
	b, err := book.ballot(id)
	if err != nil {
		return export.Official{}, err
	}
	if run, opened := b.Run(); !opened || run.ClosedUs == 0 {
		return export.Official{}, errBallotMoved
	}
	return b.minutes(c, time.UnixMicro(s.nowUs())), nil
}

func (b Ballot) minutes(c contest.Contest, made time.Time) export.Official {
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	at := func(us int64) string {
		t := time.UnixMicro(us).In(zone)
		return t.Format("15:04") + " " + export.OfficialDate(t)
	}
	first := b.Runs[0]
	d := export.Official{Issuer: c.OrganizerName, Where: "……………, " + export.OfficialDate(time.UnixMicro(first.OpenedUs).In(zone)), Title: "BIÊN BẢN KIỂM PHIẾU",
		About: "Bỏ phiếu chọn “" + b.Name + "”, " + c.Name, Made: made}
	switch b.State {
	case BallotCounted:
		d.Standing = "Bản tạm: chưa được Trưởng ban Giám khảo xác nhận"
	case BallotCancelled:
		d.Standing = "Cuộc bỏ phiếu đã hủy: " + b.Reason
	case BallotPlanned, BallotOpen, BallotDecided:
	}
	how := "Hình thức: bỏ phiếu kín; phần mềm chỉ giữ số phiếu, không giữ ai bầu cho ai."
	if b.Named {
		how = "Hình thức: bỏ phiếu công khai."
	}
	among := "tất cả đội, thí sinh của hội thi"
	if b.RoundName != "" {
		among = "đội, thí sinh của “" + b.RoundName + "”"
	}
	d.Blocks = append(d.Blocks, export.Block{Text: fmt.Sprintf("%s\nChọn trong: %s (%d). Số giải: %d.", how, among, len(first.Choices), b.Places)})
	for _, r := range b.Runs {
		d.Blocks = append(d.Blocks, r.minutes(b.Named, len(b.Runs) > 1, at)...)
	}
	d.Blocks = append(d.Blocks, export.Block{Heading: "Kết quả", Text: b.result(at)})
	head := "" // named where the count needed the head judge's word, and has it
	if last, _ := b.Run(); b.State == BallotDecided && (b.Head || len(last.Outcome().Tied) > 0) {
		head = b.EndedName
	}
	d.Signers = []export.Signer{{Role: "Thư ký", Name: first.ClosedName}, {Role: "Giám sát"}, {Role: "Trưởng ban Giám khảo", Name: head}}
	return d
}

func (r BallotRun) minutes(named, several bool, at func(int64) string) []export.Block {
	heading := "Kiểm phiếu"
	if several {
		heading += " lần " + strconv.Itoa(r.Number)
	}
	if r.ClosedUs == 0 {
		return nil
	}
	names, missing, blank := []string{}, []string{}, 0
	for _, v := range r.Voters {
		names = append(names, v.Name)
		if v.VotedUs == 0 {
			missing = append(missing, v.Name)
		}
	}
	votes := 0
	t := &export.OfficialTable{Columns: []export.OfficialColumn{{Title: "SBD", Width: 14}, {Title: "Đội, thí sinh", Width: 90}, {Title: "Số phiếu", Width: 22, Right: true}}}
	if named {
		t.Columns = append(t.Columns, export.OfficialColumn{Title: "Người bầu", Width: 60})
	}
	for _, row := range r.count(named).Rows {
		votes += row.Votes
		cells := []export.OfficialCell{{Text: row.Number}, {Text: row.Name, Note: row.Unit, Bold: true}, {Text: strconv.Itoa(row.Votes), Bold: row.Votes > 0}}
		if named {
			cells = append(cells, export.OfficialCell{Text: strings.Join(row.By, ", ")})
		}
		t.Rows = append(t.Rows, cells)
	}
	if r.VotesEach == 1 {
		blank = r.voted() - votes
	}
	text := fmt.Sprintf("Mở lúc %s (%s), đóng lúc %s (%s). Mỗi giám khảo bầu nhiều nhất %d.\nNgười bỏ phiếu: %s.\nSố phiếu thu về: %d/%d.", at(r.OpenedUs), r.OpenedName,
		at(r.ClosedUs), r.ClosedName, r.VotesEach, strings.Join(names, ", "), r.voted(), len(r.Voters))
	if blank > 0 {
		text += fmt.Sprintf(" Phiếu trắng: %d.", blank)
	}
	if len(missing) > 0 {
		text += fmt.Sprintf("\nKhông bỏ phiếu: %s. Lý do đóng: %s.", strings.Join(missing, ", "), r.Reason)
	}
	return []export.Block{{Heading: heading, Text: text}, {Table: t}}
}

func (b Ballot) result(at func(int64) string) string {
	switch b.State {
	case BallotCancelled:
		return "Không trao giải: cuộc bỏ phiếu đã hủy lúc " + at(b.EndedUs) + " (" + b.EndedName + "). Lý do: " + b.Reason + "."
	case BallotCounted:
		run, _ := b.Run()
		if len(run.Outcome().Tied) > 0 {
			return "Bằng phiếu, chưa quyết định."
		}
		return "Chờ Trưởng ban Giám khảo xác nhận."
	}
	lines := []string{}
	for _, w := range b.Winners {
		lines = append(lines, fmt.Sprintf("%s: %s (%s).", b.Name, w.Name, b.noteOf(w)))
	}
	if len(lines) == 0 {
		lines = append(lines, "Không trao giải.")
	}
	if b.Reason != "" {
		lines = append(lines, "Lý do của Trưởng ban Giám khảo: "+b.Reason+".")
	}
	return strings.Join(append(lines, "Quyết định lúc "+at(b.EndedUs)+" ("+b.EndedName+")."), "\n")
}

// BallotMinutesPDF and BallotMinutesDOCX print them.
func (s *Service) BallotMinutesPDF(ctx context.Context, contestID, id int64) ([]byte, error) {
	d, err := s.BallotMinutes(ctx, contestID, id)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	_, err = export.WriteOfficialPDF(&out, d)
	return out.Bytes(), err
}

// BallotMinutesDOCX prints them for Word.
func (s *Service) BallotMinutesDOCX(ctx context.Context, contestID, id int64) ([]byte, error) {
	d, err := s.BallotMinutes(ctx, contestID, id)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = export.WriteOfficialDOCX(&out, d)
	return out.Bytes(), err
}
