package judging

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/web"
)

// DrawMinutes are the paper of a draw: who drew which place, when, where and before whom; or the seed of the software's
// draw, and how anybody can check it.
type DrawMinutes struct {
	Draw    OrderDraw
	Judging Judging
	Contest contest.Contest
	Made    time.Time
}

// DrawMinutes reads the draw that the running order of a round comes from.
func (s *Service) DrawMinutes(ctx context.Context, contestID, roundID int64) (DrawMinutes, error) {
	d, j, drawn, err := s.OrderDraw(ctx, contestID, roundID)
	switch {
	case err != nil:
		return DrawMinutes{}, err
	case !drawn:
		return DrawMinutes{}, fault.NothingHere
	}
	c, err := s.contests.Get(ctx, contestID)
	return DrawMinutes{Draw: d, Judging: j, Contest: c, Made: time.UnixMicro(s.nowUs())}, err
}

// Official lays the minutes of the draw out.
func (m DrawMinutes) Official() export.Official {
	zone, err := time.LoadLocation(m.Contest.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	day := m.Made.In(zone)
	if m.Draw.At != nil {
		day = m.Draw.At.In(zone)
	}
	place := m.Draw.Place
	if place == "" {
		place = m.Contest.Venue
	}
	if place == "" {
		place = "……………"
	}
	d := export.Official{Issuer: m.Contest.OrganizerName, Where: "……………, " + export.OfficialDate(day), Title: "BIÊN BẢN BỐC THĂM",
		About: "Thứ tự trình bày phần thi “" + m.Judging.RoundName + "”, " + m.Contest.Name, Made: m.Made}
	when := "Thời gian: " + day.Format("15:04") + " " + export.OfficialDate(day) + "."
	if m.Draw.At == nil {
		when = "Thời gian: ……………"
	}
	d.Blocks = append(d.Blocks, export.Block{Heading: "I. Thời gian, địa điểm, thành phần", Text: when + "\nĐịa điểm: " + place + "." + m.people()},
		export.Block{Heading: "II. Cách bốc thăm", Text: m.how()},
		export.Block{Heading: "III. Kết quả", Table: m.results()})
	closing := "Biên bản được đọc lại cho mọi người có mặt cùng nghe và thống nhất."
	if m.Draw.RoundID != m.Judging.RoundID {
		closing = "Kết quả bốc thăm này được dùng chung cho nhiều phần thi.\n" + closing
	}
	d.Blocks = append(d.Blocks, export.Block{Text: closing})
	if check := m.check(); check != nil {
		d.Blocks = append(d.Blocks, export.Block{Heading: "Phụ lục: bảng kiểm tra", NewPage: true,
			Text:  "Mỗi dòng là SHA-256 của “mã gốc:số báo danh”. Xếp các dòng từ nhỏ đến lớn thì được thứ tự trình bày.",
			Table: check})
	}
	d.Signers = []export.Signer{{Role: "NGƯỜI CHỨNG KIẾN"}, {Role: "THƯ KÝ", Name: m.Draw.Secretary}, {Role: "CHỦ TRÌ", Name: m.Draw.Chair}}
	return d
}

func (m DrawMinutes) people() string {
	text := ""
	for _, x := range []struct{ what, who string }{{"Chủ trì", m.Draw.Chair}, {"Thư ký", m.Draw.Secretary}, {"Chứng kiến", m.Draw.Witnesses}} {
		if x.who != "" {
			text += "\n" + x.what + ": " + x.who + "."
		}
	}
	return text
}

func (m DrawMinutes) how() string {
	if m.Draw.Method == DrawnInRoom {
		return "Bốc thăm bằng phong bì tại chỗ: đại diện từng đội, thí sinh bốc một số; số bốc được là lượt trình bày."
	}
	return "Phần mềm bốc thăm bằng mã gốc tạo ngẫu nhiên: " + m.Draw.Seed + "\n" +
		"Ai cũng kiểm tra được: với mỗi đội, thí sinh tính SHA-256 của chuỗi “mã gốc:số báo danh” (số báo danh viết không có số 0 ở đầu), rồi xếp từ nhỏ đến lớn. Bảng kiểm tra ở phụ lục."
}

func (m DrawMinutes) results() *export.OfficialTable {
	names := map[int64]Performance{}
	for _, p := range m.Judging.Performances {
		names[p.EntryID] = p
	}
	t := &export.OfficialTable{Columns: []export.OfficialColumn{{Title: "Lượt", Width: 10}, {Title: "SBD", Width: 12}, {Title: "Đội, thí sinh", Width: 48}, {Title: "Đơn vị", Width: 40}}}
	drawers := m.Draw.Method == DrawnInRoom
	if drawers {
		t.Columns = append(t.Columns, export.OfficialColumn{Title: "Người bốc thăm", Width: 34}, export.OfficialColumn{Title: "Ký nhận", Width: 20})
	}
	for i, l := range m.Draw.Lots {
		p := names[l.EntryID]
		row := []export.OfficialCell{{Text: strconv.Itoa(i + 1), Bold: true}, {Text: fmt.Sprintf("%03d", l.Number)}, {Text: p.EntryName}, {Text: p.UnitName}}
		if drawers {
			row = append(row, export.OfficialCell{Text: l.Drawer}, export.OfficialCell{})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (m DrawMinutes) check() *export.OfficialTable {
	lines := m.Draw.Check()
	if len(lines) == 0 {
		return nil
	}
	t := &export.OfficialTable{Columns: []export.OfficialColumn{{Title: "Lượt", Width: 10}, {Title: "Số báo danh", Width: 18}, {Title: "SHA-256", Width: 120}}}
	for i, l := range lines {
		t.Rows = append(t.Rows, []export.OfficialCell{{Text: strconv.Itoa(i + 1)}, {Text: strconv.Itoa(l.Number)}, {Text: l.Hash}})
	}
	return t
}

// drawRoutes registers the printed minutes of a draw.
func drawRoutes(api *web.API, s *Service, base string) {
	web.Handle(api, web.Op{ID: "get-draw-minutes-pdf", Method: http.MethodGet, Path: base + "/order/minutes/pdf", Summary: "Minutes of the draw for signatures in ink"},
		func(ctx context.Context, in *RoundIn) (*web.Download, error) {
			m, err := s.DrawMinutes(ctx, in.Contest, in.Round)
			if err != nil {
				return nil, err
			}
			var out bytes.Buffer
			if _, err := export.WriteOfficialPDF(&out, m.Official()); err != nil {
				return nil, err
			}
			return web.NewDownload("Biên bản bốc thăm.pdf", web.PDF, out.Bytes()), nil
		})
	web.Handle(api, web.Op{ID: "get-draw-minutes-docx", Method: http.MethodGet, Path: base + "/order/minutes/docx", Summary: "Minutes of the draw as a Word document"},
		func(ctx context.Context, in *RoundIn) (*web.Download, error) {
			m, err := s.DrawMinutes(ctx, in.Contest, in.Round)
			if err != nil {
				return nil, err
			}
			var out bytes.Buffer
			if err := export.WriteOfficialDOCX(&out, m.Official()); err != nil {
				return nil, err
			}
			return web.NewDownload("Biên bản bốc thăm.docx", web.DOCX, out.Bytes()), nil
		})
}
