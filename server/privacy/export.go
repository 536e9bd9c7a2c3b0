package privacy

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/hoithi/hoithi/server/export"
)

// writeJSON writes what is known of a person to take along.
func writeJSON(w io.Writer, v OwnView) error {
	return json.MarshalWrite(w, v, jsontext.WithIndent("  "))
}

// words picks by language.
type words bool

func (vi words) pick(v, e string) string {
	if vi {
		return v
	}
	return e
}

// sheet is the paper in the making.
type sheet struct {
	*export.Paper
	y float64
}

const (
	left, right, top, bottom = 22.0, 188.0, 22.0, 278.0
)

func (s *sheet) room(height float64) {
	if s.y+height > bottom {
		s.Page()
		s.y = top
	}
}

func (s *sheet) heading(text string) {
	s.room(18)
	s.y += 5
	s.Use(export.SansBold, 12.5, export.Accent)
	s.Write(left, s.y+4, text)
	s.y += 6
	s.Rule(left, s.y, right, s.y, 0.2, export.HairInk)
	s.y += 2.5
}

// pair sets a label and its value, which may run over several lines.
func (s *sheet) pair(label, value string) {
	if strings.TrimSpace(value) == "" {
		return
	}
	s.Use(export.Sans, 10, export.Black)
	lines := s.Wrap(value, right-left-52)
	s.Use(export.Sans, 10, export.SoftInk)
	labels := s.Wrap(label, 50)
	n := max(len(lines), len(labels))
	for i := range n {
		s.room(5.2)
		if i < len(labels) {
			s.Use(export.Sans, 10, export.SoftInk)
			s.Write(left, s.y+3.8, labels[i])
		}
		if i < len(lines) {
			s.Use(export.Sans, 10, export.Black)
			s.Write(left+52, s.y+3.8, lines[i])
		}
		s.y += 5.2
	}
	s.y += 0.8
}

func (s *sheet) text(font export.Font, size float64, ink export.Ink, text string) {
	s.Use(font, size, ink)
	for _, line := range s.Wrap(text, right-left) {
		s.room(5.2)
		s.Use(font, size, ink)
		s.Write(left, s.y+3.8, line)
		s.y += size * 0.5
	}
}

// writePDF writes the same as writeJSON for people to read and to print.
func writePDF(v OwnView, locale string, zone *time.Location) ([]byte, error) {
	vi := words(locale != "en")
	now := time.Now().In(zone)
	title := vi.pick("Dữ liệu cá nhân của tôi", "My personal data")
	paper, err := export.NewPaper(title+" – "+v.ContestName, now)
	if err != nil {
		return nil, err
	}
	s := &sheet{Paper: paper, y: top}
	s.Page()
	when := func(t time.Time) string { return t.In(zone).Format("15:04 02/01/2006") }
	s.Use(export.SansBold, 18, export.Black)
	s.Write(left, s.y+4, title)
	s.y += 9
	s.text(export.Sans, 10.5, export.SoftInk, v.ContestName+" · "+v.OrganizerName)
	s.text(export.Sans, 9.5, export.SoftInk, vi.pick("Lập lúc ", "Made at ")+when(now))
	s.heading(vi.pick("Thông tin đăng ký", "Registration"))
	s.pair(vi.pick("Tên dự thi", "Name"), v.Name)
	s.pair(vi.pick("Số báo danh", "Candidate number"), v.Number)
	s.pair(vi.pick("Đơn vị", "Unit"), v.UnitName)
	s.pair(vi.pick("Bảng thi", "Division"), v.DivisionName)
	s.pair(vi.pick("Điện thoại", "Phone"), v.Phone)
	s.pair("E-mail", v.Email)
	s.pair(vi.pick("Tài khoản", "Account"), v.Login)
	s.pair(vi.pick("Gửi lúc", "Sent at"), when(v.CreatedAt))
	for _, p := range v.People {
		if v.Kind == "team" {
			s.pair(vi.pick("Thành viên", "Member"), p.Name)
		}
		for _, f := range p.Fields {
			s.pair(f.Label, f.Value)
		}
	}
	s.heading(vi.pick("Đồng ý", "Consent"))
	if len(v.Consents) == 0 {
		s.text(export.Sans, 10, export.Black, vi.pick("Do Ban Tổ chức ghi tên; chưa có lần đồng ý nào được ghi lại.", "Entered by the organizers; no consent is recorded."))
	}
	for _, c := range v.Consents {
		answer := vi.pick("Không đồng ý", "No")
		if c.Given {
			answer = vi.pick("Đồng ý", "Yes")
		}
		s.pair(fmt.Sprintf("%s · %s", answer, when(c.At)), strings.Join(nonEmpty(c.Text, c.Statement, c.GuardianName, c.GuardianPhone), " · "))
	}
	if len(v.Results) > 0 {
		s.heading(vi.pick("Kết quả", "Results"))
		for _, r := range v.Results {
			name := r.Round
			if name == "" {
				name = vi.pick("Tổng", "Total")
			}
			place := ""
			if r.Place > 0 {
				place = fmt.Sprintf(vi.pick(" · hạng %d", " · place %d"), r.Place)
			}
			s.pair(name, fmt.Sprint(export.Points(r.Points))+place)
		}
	}
	if len(v.Requests) > 0 {
		s.heading(vi.pick("Yêu cầu đã gửi", "Requests"))
		for _, r := range v.Requests {
			s.pair(kindWords(r.Kind, vi)+" · "+when(r.CreatedAt), strings.Join(nonEmpty(stateWords(r.State, vi), r.Words, r.Answer), " · "))
		}
	}
	s.heading(vi.pick("Ai đã xem, xử lý", "Who looked at it or handled it"))
	if len(v.Accesses) == 0 {
		s.text(export.Sans, 10, export.Black, vi.pick("Chưa ghi nhận lần nào.", "Nothing is recorded."))
	}
	for _, a := range v.Accesses {
		s.pair(when(a.At), a.Who+" · "+purposeWords(a.Purpose, vi))
	}
	if len(v.Devices) > 0 {
		s.heading(vi.pick("Thiết bị đã vào thi", "Devices"))
		for _, d := range v.Devices {
			s.pair(when(d.LastSeen), d.Agent)
		}
	}
	if len(v.Letters) > 0 {
		s.heading(vi.pick("Thư đã gửi", "Letters"))
		for _, l := range v.Letters {
			s.pair(when(l.CreatedAt), l.To+" · "+string(l.State))
		}
	}
	s.heading(vi.pick("Thời hạn lưu", "How long it is kept"))
	kept := fmt.Sprintf(vi.pick("%d tháng sau khi hội thi kết thúc", "%d months after the contest has ended"), v.KeepMonths)
	if v.KeepUntil != nil {
		kept += vi.pick(", đến ", ", until ") + v.KeepUntil.In(zone).Format("02/01/2006")
	}
	s.text(export.Sans, 10, export.Black, kept+".")
	var b bytes.Buffer
	err = s.Finish(&b)
	return b.Bytes(), err
}

func nonEmpty(all ...string) []string {
	var out []string
	for _, s := range all {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

func kindWords(k Kind, vi words) string {
	w := map[Kind][2]string{See: {"Xem, giải thích dữ liệu", "To see"}, Correct: {"Sửa dữ liệu", "To correct"}, Withdraw: {"Rút khỏi hội thi", "To withdraw"},
		Export: {"Cung cấp bản sao", "To take along"}, Erase: {"Xóa dữ liệu", "To erase"}}[k]
	return vi.pick(w[0], w[1])
}

func stateWords(s State, vi words) string {
	w := map[State][2]string{Open: {"Chờ trả lời", "Open"}, Accepted: {"Đã nhận, đang làm", "Accepted"}, Done: {"Đã làm", "Done"},
		Refused: {"Không chấp nhận", "Refused"}, Cancelled: {"Đã rút", "Taken back"}}[s]
	return vi.pick(w[0], w[1])
}

func purposeWords(p string, vi words) string {
	w, ok := map[string][2]string{"detail": {"xem hồ sơ dự thi", "looked at the entry"}, "request": {"xử lý yêu cầu", "handled a request"},
		"roster.export_list": {"xuất danh sách", "exported the list"},
		"roster.print_cards": {"in thẻ dự thi", "printed entry cards"}}[p]
	if !ok {
		return p
	}
	return vi.pick(w[0], w[1])
}
