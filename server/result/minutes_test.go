package result_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hoithi/hoithi/server/result"
)

// The minutes of the final result have places, totals and the seal of the snapshot, and a correction says so.
func TestMinutesOfTheResult(t *testing.T) {
	h := open(t, [2]int64{900, 800}, [2]int64{700, 700}, [2]int64{500, 600})
	if _, err := h.results.MinutesPDF(h.ctx, h.contestID); err == nil {
		t.Error("minutes of a result that is not final")
	}
	r, err := h.finalize("")
	h.must(err)
	h.entries[0].Name = "Đội Hạc Thành"
	again, err := h.finalize("Sửa lại tên đội cho đúng.")
	h.must(err)
	body, err := h.results.MinutesPDF(h.ctx, h.contestID)
	h.must(err)
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed")
	}
	path := filepath.Join(t.TempDir(), "minutes.pdf")
	h.must(os.WriteFile(path, body, 0o600))
	out, err := exec.Command(tool, "-raw", path, "-").Output()
	h.must(err)
	text := strings.Join(strings.Fields(string(out)), " ")
	for _, want := range []string{"BIÊN BẢN", "Tổng hợp kết quả Thanh niên với cải cách hành chính", "1 001 Đội Hạc Thành 8,5 8,5", "2 002 Đội 2 7 7", "3 003 Đội 3 5,5 5,5",
		"Mã niêm phong: " + result.Seal(again.Hash), "Đính chính lần 1: Sửa lại tên đội cho đúng.", "TRƯỞNG BAN TỔ CHỨC"} {
		if !strings.Contains(text, want) {
			t.Errorf("the minutes lack %q: %s", want, text)
		}
	}
	if strings.Contains(text, result.Seal(r.Hash)) {
		t.Error("the minutes bear the seal of the first revision")
	}
}
