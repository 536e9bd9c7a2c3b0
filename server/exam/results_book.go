package exam

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/export"
)

// words chooses between the two languages of a workbook.
func words(locale string) func(vi, en string) string {
	return func(vi, en string) string {
		if locale == "en" {
			return en
		}
		return vi
	}
}

// took is a span of time as people write it: 1:02:03.4.
func took(us int64) string {
	if us < 0 {
		return ""
	}
	d := time.Duration(us) * time.Microsecond
	text := fmt.Sprintf("%d:%02d.%d", int(d.Minutes())%60, int(d.Seconds())%60, d.Milliseconds()%1000/100)
	if h := int(d.Hours()); h > 0 {
		text = fmt.Sprintf("%d:%02d:%02d.%d", h, int(d.Minutes())%60, int(d.Seconds())%60, d.Milliseconds()%1000/100)
	}
	return text
}

// standingsBook writes the standings of a period, or of the round, and the units within their blocks.
func (s *Service) standingsBook(ctx context.Context, contestID, roundID, periodID int64, by UnitMetric, best int, locale string) ([]byte, string, error) {
	x, err := s.ranked(ctx, contestID, roundID)
	if err != nil {
		return nil, "", err
	}
	list, err := x.of(periodID)
	if err != nil {
		return nil, "", err
	}
	units, err := x.unitStandings(periodID, by, best)
	if err != nil {
		return nil, "", err
	}
	w, f := words(locale), x.facts
	divisions := map[int64]string{}
	for _, d := range f.contest.Divisions {
		divisions[d.ID] = d.Name
	}
	state, file := w("Tạm tính", "Provisional"), "tam-tinh"
	if f.contest.State == contest.Finalized || f.contest.State == contest.Archived {
		state, file = w("Chính thức", "Final"), "chinh-thuc"
	}
	columns := []export.Column{{Title: w("Hạng", "Place"), Width: 8}, {Title: w("Đồng hạng", "Tied"), Width: 10}, {Title: w("Số báo danh", "Number"), Width: 12},
		{Title: w("Họ tên", "Name"), Width: 30}, {Title: w("Đơn vị", "Unit"), Width: 34}, {Title: w("Bảng", "Division"), Width: 18}, {Title: w("Điểm", "Points"), Width: 10},
		{Title: w("Số câu đúng", "Right"), Width: 12}, {Title: w("Số câu", "Items"), Width: 10}, {Title: w("Lệch dự đoán", "Off the guess"), Width: 14},
		{Title: w("Thời gian làm bài", "Time used"), Width: 16}, {Title: w("Nộp sau khi mở", "Submitted after"), Width: 16}, {Title: w("Số kỳ dự thi", "Periods"), Width: 12},
		{Title: w("Tình trạng", "State"), Width: 14}}
	people, err := x.everybody(ctx, s.q)
	if err != nil {
		return nil, "", err
	}
	sheet := export.Sheet{Name: w("Thứ hạng", "Standings"), Columns: columns, Each: func(row func([]any) error) error {
		for _, e := range list.all() {
			p := people[e.EntryID]
			if p == nil {
				continue
			}
			tied := ""
			if e.Tied {
				tied = w("có", "yes")
			}
			var off any
			if f.settings.Guess != GuessNone && e.Distance < noGuess {
				off = export.Points(e.Distance)
			}
			if err := row([]any{e.Place, tied, p.number, p.name, x.names[p.unit], divisions[e.DivisionID], export.Points(e.Points), e.Correct, e.Items, off,
				took(e.TimeUs), took(e.SubmittedUs), e.Periods, state}); err != nil {
				return err
			}
		}
		return nil
	}}
	var out bytes.Buffer
	if err := export.WriteWorkbook(&out, sheet, unitSheet(units, best, w)); err != nil {
		return nil, "", err
	}
	return out.Bytes(), file + "-" + f.contest.Slug + "-thi-truc-tuyen.xlsx", nil
}

func unitSheet(units []UnitStanding, best int, w func(vi, en string) string) export.Sheet {
	sheet := export.Sheet{Name: w("Đơn vị", "Units"), Columns: []export.Column{{Title: w("Khối", "Block"), Width: 26}, {Title: w("Hạng trong khối", "Place in block"), Width: 12},
		{Title: w("Đồng hạng", "Tied"), Width: 10}, {Title: w("Đơn vị", "Unit"), Width: 36}, {Title: w("Lượt hợp lệ", "Valid entrants"), Width: 12},
		{Title: w("Đã đăng ký", "Registered"), Width: 12}, {Title: w("Chỉ tiêu", "Target"), Width: 10}, {Title: w("Đạt chỉ tiêu (%)", "Of target (%)"), Width: 14},
		{Title: w("Quân số", "Headcount"), Width: 10}, {Title: w("Trên quân số (%)", "Of headcount (%)"), Width: 14}, {Title: w("Điểm trung bình", "Average"), Width: 14},
		{Title: fmt.Sprintf(w("Trung bình %d người cao nhất", "Mean of best %d"), best), Width: 18}}}
	share := func(v *int64) any {
		if v == nil {
			return nil
		}
		return export.Points(*v)
	}
	number := func(n int) any {
		if n == 0 {
			return nil
		}
		return n
	}
	for _, u := range units {
		tied := ""
		if u.Tied {
			tied = w("có", "yes")
		}
		sheet.Rows = append(sheet.Rows, []any{u.Block, number(u.Place), tied, u.Name, u.Entrants, u.Entries, number(u.Target), share(u.OfTarget),
			number(u.Headcount), share(u.OfPeople), export.Points(u.Average), export.Points(u.Best)})
	}
	return sheet
}

// statisticsBook writes how the items of a period did, each option on a line of its own, and the spread of the points.
func (s *Service) statisticsBook(ctx context.Context, contestID, roundID, periodID int64, locale string) ([]byte, string, error) {
	x, now, err := s.report(ctx, contestID, roundID, periodID)
	if err != nil {
		return nil, "", err
	}
	w, v := words(locale), x.stats
	items := export.Sheet{Name: w("Câu hỏi", "Items"), Columns: []export.Column{{Title: w("Câu hỏi", "Item"), Width: 60}, {Title: w("Chủ đề", "Topic"), Width: 28},
		{Title: w("Số lượt gặp", "Shown"), Width: 12}, {Title: w("Đúng", "Right"), Width: 10}, {Title: w("Bỏ trống", "Missing"), Width: 10},
		{Title: w("Độ khó: tỉ lệ điểm đạt (%)", "Difficulty: share of points (%)"), Width: 18}, {Title: w("Độ phân biệt (%)", "Discrimination (%)"), Width: 16},
		{Title: w("Nên xem lại", "Needs a look"), Width: 30}}}
	options := export.Sheet{Name: w("Phương án", "Options"), Columns: []export.Column{{Title: w("Câu hỏi", "Item"), Width: 60}, {Title: w("Phương án", "Option"), Width: 50},
		{Title: w("Đáp án", "Right"), Width: 10}, {Title: w("Số người chọn", "Chosen"), Width: 12}, {Title: w("Nhóm 27% cao", "Upper 27%"), Width: 12}, {Title: w("Nhóm 27% thấp", "Lower 27%"), Width: 12}}}
	for _, it := range v.Items {
		var discrimination any
		if it.Discrimination != nil {
			discrimination = export.Points(*it.Discrimination)
		}
		items.Rows = append(items.Rows, []any{it.Stem, it.Topic, it.Shown, it.Right, it.Missing, export.Points(it.Difficulty), discrimination, lookText(it.NeedsALook, w)})
		for _, o := range it.Options {
			right := ""
			if o.Right {
				right = "✓"
			}
			options.Rows = append(options.Rows, []any{it.Stem, strings.ToUpper(o.ID) + ". " + o.Text, right, o.All, o.Upper, o.Lower})
		}
	}
	spread := export.Sheet{Name: w("Phổ điểm", "Scores"), Columns: []export.Column{{Title: w("Từ (%)", "From (%)"), Width: 10}, {Title: w("Đến (%)", "To (%)"), Width: 10}, {Title: w("Số người", "Entries"), Width: 12}}}
	for _, b := range v.Bars {
		spread.Rows = append(spread.Rows, []any{b.From, b.To, b.Entries})
	}
	var out bytes.Buffer
	if err := export.WriteWorkbook(&out, items, options, spread); err != nil {
		return nil, "", err
	}
	return out.Bytes(), "thong-ke-cau-hoi-" + now.facts.contest.Slug + ".xlsx", nil
}

func lookText(look string, w func(vi, en string) string) string {
	switch look {
	case "key":
		return w("Người giỏi làm sai nhiều hơn: xem lại đáp án", "The best did worse: look at the key")
	case "hard":
		return w("Rất khó", "Very hard")
	case "easy":
		return w("Rất dễ", "Very easy")
	case "weak":
		return w("Phân biệt yếu", "Discriminates weakly")
	}
	return ""
}
