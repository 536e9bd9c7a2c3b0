package judging_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/scoring"
)

// wordText is the text of a Word document, cell by cell.
func wordText(t *testing.T, file []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, name := range []string{"word/document.xml", "word/footer1.xml"} {
		f, err := z.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(f)
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			switch x := token.(type) {
			case xml.CharData:
				out.Write(x)
			case xml.EndElement:
				if x.Name.Local == "p" {
					out.WriteString("\n")
				}
			}
		}
	}
	return out.String()
}

// paperText is the text of a PDF.
func paperText(t *testing.T, file []byte) (string, bool) {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		return "", false
	}
	path := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "-raw", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out), true
}

var figure = regexp.MustCompile(`−?\d+(?:,\d+)?`)

// The minutes on paper and for Word have the figures of the screen, to the last digit, and tell what happened.
func TestMinutesEqualTheScreen(t *testing.T) {
	h := open(t, 5, 3)
	h.must(h.s.SetRules(h.organizer, h.contestID, h.roundID, judging.DefaultRules(60)))
	devices := make([]*device, 5)
	for i := range devices {
		devices[i] = h.device(i)
	}
	for n, seconds := range []int64{50, 61, 130} {
		p := h.perform(n, seconds)
		for i, d := range devices {
			_, err := d.lock(p, d.fill(p, 700+int64(50*((n+i)%5)), 450+int64(50*(i%3)), 300))
			h.must(err)
		}
	}
	draft, err := h.s.Minutes(h.organizer, h.contestID, h.roundID, 0)
	h.must(err)
	if d := draft.Official(); d.Standing == "" || d.Seal != "" {
		t.Errorf("minutes of an open part look final: %q %q", d.Standing, d.Seal)
	}
	secretary := h.person("Trần Thị Thư Ký")
	h.must(h.s.AskReopen(secretary, h.contestID, h.roundID, h.performance(0), 2, judging.Office, "Nhầm cột phong cách"))
	h.must(h.confirm(h.judges[0], judging.PanelDoor))
	_, err = devices[1].lock(h.performance(0), devices[1].fill(h.performance(0), 850, 550, 350))
	h.must(err)
	h.must(h.s.CheckPart(secretary, h.contestID, h.roundID, ""))
	h.must(h.s.Close(h.judges[0], h.contestID, h.roundID, ""))
	// A name that is corrected after the close does not change what was signed.
	h.exec(`UPDATE account SET name = 'Tên khác' WHERE id = $1`, idOf(h.judges[2]))
	m, err := h.s.Minutes(h.organizer, h.contestID, h.roundID, 0)
	h.must(err)
	var pdf, docx bytes.Buffer
	replaced, err := export.WriteOfficialPDF(&pdf, m.Official())
	h.must(err)
	h.must(export.WriteOfficialDOCX(&docx, m.Official()))
	if len(replaced) != 0 {
		t.Errorf("letters without a glyph: %q", string(replaced))
	}
	if path := os.Getenv("HOITHI_MINUTES"); path != "" {
		h.must(os.WriteFile(path+".pdf", pdf.Bytes(), 0o600))
		h.must(os.WriteFile(path+".docx", docx.Bytes(), 0o600))
	}
	view := h.view()
	texts := map[string]string{"Word": wordText(t, docx.Bytes())}
	if text, ok := paperText(t, pdf.Bytes()); ok {
		texts["PDF"] = text
	}
	for what, text := range texts {
		flat := strings.Join(strings.Fields(text), " ")
		for _, want := range []string{"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "BIÊN BẢN", "Chào hỏi", "GK1: Giám khảo 1, Trưởng ban Giám khảo",
			"GK3: Giám khảo 3", "Thư ký: Trần Thị Thư Ký", view.Signing.Seal, "Nhầm cột phong cách", "TRƯỞNG BAN GIÁM KHẢO", "cao nhất"} {
			if !strings.Contains(flat, want) {
				t.Errorf("%s lacks %q", what, want)
			}
		}
		for _, p := range view.Performances {
			_, rest, _ := strings.Cut(flat, p.EntryName)
			got := figure.FindAllString(rest, -1)
			var want []string
			for _, s := range p.Sheets {
				want = append(want, judging.Points(s.Total, 2))
			}
			off := "0,00"
			if d := p.Working.Overtime.Deduction; d > 0 {
				off = "−" + judging.Points(d, 2)
			}
			want = append(want, judging.Points(p.Working.Combined, 2))
			want = append(want, figure.FindAllString(minutesClock(*p.Seconds), -1)...)
			want = append(want, off, judging.Points(p.Working.Score, 2), judging.Points(int64(p.Place)*100, 0))
			if len(got) < len(want) || strings.Join(got[:len(want)], " ") != strings.Join(want, " ") {
				t.Errorf("%s, %s: %v, the screen has %v", what, p.EntryName, got[:min(len(got), len(want))], want)
			}
		}
	}
	if strings.Contains(texts["Word"], "Tên khác") {
		t.Error("the minutes have a name that was not signed")
	}
}

func minutesClock(seconds int64) string {
	tail := seconds % 60
	s := ":"
	if tail < 10 {
		s = ":0"
	}
	return judging.Points(seconds/60*100, 0) + s + judging.Points(tail*100, 0)
}

// Paper sheets name judge, part and entry, one for each pair.
func TestPaperSheetsArePrintedForEachJudgeAndEntry(t *testing.T) {
	h := open(t, 3, 2)
	h.s.UseAddress("https://hoithi.example.vn")
	body, err := h.s.Papers(h.organizer, h.contestID, h.roundID)
	h.must(err)
	if path := os.Getenv("HOITHI_MINUTES"); path != "" {
		h.must(os.WriteFile(path+"-sheets.pdf", body, 0o600))
	}
	text, ok := paperText(t, body)
	if !ok {
		t.Skip("pdftotext is not installed")
	}
	for _, want := range []string{"GK1: Giám khảo 1, Trưởng ban", "GK3: Giám khảo 3", "1. Đội 1", "2. Đội 2", "PHIẾU CHẤM · Chào hỏi", "Giám khảo ký:"} {
		if !strings.Contains(text, want) {
			t.Errorf("the sheets lack %q", want)
		}
	}
	if n := strings.Count(text, "PHIẾU CHẤM"); n != 6 {
		t.Errorf("%d sheets, want 6", n)
	}
	if n := strings.Count(text, "\f"); n != 3 {
		t.Errorf("%d pages, want 3: each judge's sheets apart", n)
	}
}

// By each way of combining, paper and Word have every line of the arithmetic that the screen shows, with its numbers, and
// the score to the last digit.
func TestMinutesPrintEachWayOfCombining(t *testing.T) {
	h := open(t, 5, 3)
	h.must(h.s.SetRules(h.organizer, h.contestID, h.roundID, judging.DefaultRules(60)))
	devices := make([]*device, 5)
	for i := range devices {
		devices[i] = h.device(i)
	}
	for n, seconds := range []int64{50, 61, 130} {
		p := h.perform(n, seconds)
		for i, d := range devices {
			_, err := d.lock(p, d.fill(p, 600+int64(50*((3*n+2*i)%7)), 350+int64(50*((i+n)%5)), 250+int64(50*(n%3))))
			h.must(err)
		}
	}
	overtime := judging.DefaultRules(60).Overtime
	for _, how := range []scoring.Combining{
		{Method: scoring.Mean, Decimals: 2},
		{Method: scoring.TrimmedMean, Drop: 1, Decimals: 2},
		{Method: scoring.Median, Decimals: 2},
		{Method: scoring.MeanWithin, Distance: 100, Decimals: 2},
		{Method: scoring.RankSum, Decimals: 2},
		{Method: scoring.TwoMarkers, Threshold: 500, Third: scoring.ThirdNearer, Decimals: 2},
		{Method: scoring.ZScore, LeastSheets: 3, Decimals: 2},
	} {
		settings, err := json.Marshal(judging.MarkingRules{Combining: how, Overtime: overtime})
		h.must(err)
		h.exec(`UPDATE judged_round SET settings = $2 WHERE round_id = $1`, h.roundID, settings)
		m, err := h.s.Minutes(h.organizer, h.contestID, h.roundID, 0)
		h.must(err)
		var pdf, docx bytes.Buffer
		_, err = export.WriteOfficialPDF(&pdf, m.Official())
		h.must(err)
		h.must(export.WriteOfficialDOCX(&docx, m.Official()))
		texts := map[string]string{"Word": wordText(t, docx.Bytes())}
		if text, ok := paperText(t, pdf.Bytes()); ok {
			texts["PDF"] = text
		}
		for what, text := range texts {
			_, text, _ = strings.Cut(text, "Phụ lục 1")
			flat := squeeze(text)
			for _, p := range h.view().Performances {
				lines := judging.Arithmetic(p.Working)
				if len(lines) == 0 {
					t.Fatalf("%s: %s has no working", how.Method, p.EntryName)
				}
				for _, line := range lines {
					for _, want := range []string{line.Label, line.How, line.Result} {
						if !strings.Contains(flat, squeeze(want)) {
							t.Errorf("%s, %s, %s: lacks %q", how.Method, what, p.EntryName, want)
						}
					}
				}
				for _, note := range judging.ArithmeticNotes(p.Working) {
					if !strings.Contains(flat, squeeze(note)) {
						t.Errorf("%s, %s, %s: lacks the note %q", how.Method, what, p.EntryName, note)
					}
				}
				if score := judging.ScoreText(p.Working); !strings.Contains(flat, squeeze("Điểm"+score)) {
					t.Errorf("%s, %s: lacks the score %s of %s", how.Method, what, score, p.EntryName)
				}
			}
		}
	}
}

// squeeze leaves the letters and figures of a text: lines are broken where a column ends.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// The lights went out, and the timekeeper had stopped late: the annex tells both, with the reasons and who noted them.
func TestTheAnnexTellsStopsAndCorrectedTimes(t *testing.T) {
	h := open(t, 1, 2)
	d := h.device(0)
	p := h.performance(0)
	h.must(h.s.Start(h.organizer, h.contestID, h.roundID, p))
	h.clockUs.Add(135 * second)
	h.must(h.press(p, judging.ActPause, ""))
	h.clockUs.Add(80 * second)
	h.must(h.press(p, judging.ActPause, "Mất điện"))
	h.clockUs.Add(10 * second)
	h.must(h.press(p, judging.ActResume, ""))
	h.clockUs.Add(205 * second)
	h.must(h.s.Finish(h.organizer, h.contestID, h.roundID, p))
	h.must(h.s.SetSeconds(h.organizer, h.contestID, h.roundID, p, 320, "Bấm dừng muộn"))
	h.must(h.s.SetSeconds(h.organizer, h.contestID, h.roundID, p, 325, "Xem lại băng hình"))
	second := h.perform(1, 60) // a performance without any trouble leaves no line
	for _, id := range []int64{p, second} {
		_, err := d.lock(id, d.fill(id, 800, 500, 300))
		h.must(err)
	}
	h.must(h.close())
	m, err := h.s.Minutes(h.organizer, h.contestID, h.roundID, 0)
	h.must(err)
	var told []string
	for _, x := range m.Record.Exceptions {
		told = append(told, x.Vi)
	}
	want := []string{
		"Đội 1: đồng hồ dừng ở 2:15, 1:30 sau chạy tiếp. Người ghi: Ban tổ chức. Lý do: Mất điện.",
		"Đội 1: thời gian sửa từ 5:40 thành 5:20. Người ghi: Ban tổ chức. Lý do: Bấm dừng muộn.",
		"Đội 1: thời gian sửa từ 5:20 thành 5:25. Người ghi: Ban tổ chức. Lý do: Xem lại băng hình.",
	}
	if strings.Join(told, "\n") != strings.Join(want, "\n") {
		t.Errorf("the annex tells\n%s", strings.Join(told, "\n"))
	}
	var docx bytes.Buffer
	h.must(export.WriteOfficialDOCX(&docx, m.Official()))
	text := wordText(t, docx.Bytes())
	for _, line := range want {
		if !strings.Contains(text, line) {
			t.Errorf("the minutes lack %q", line)
		}
	}
}
