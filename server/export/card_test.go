package export

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func sampleCards() []EntryCard {
	names := []string{
		"Nguyễn Thị Hoài An", "Đội Tuổi trẻ Cải cách", "Nguyễn Phúc Nguyễn Hoàng Bảo Trân Công Tằng Tôn Nữ", "Đội thi Sở Nội vụ tỉnh Thanh Hoá",
		"Lê Ỷ", "Liên đội Đoàn Thanh niên khối các cơ quan và doanh nghiệp – Nhóm «Nghiêng nghiêng»", "Vàng Thị Mỷ", "H'Hen Niê", "Đội Chín",
	}
	cards := make([]EntryCard, len(names))
	for i, name := range names {
		cards[i] = EntryCard{
			Contest: "Hội thi “Thanh niên với cải cách hành chính” năm 2026",
			Unit:    "Đoàn phường Hạc Thành", Name: name, Number: "00" + string(rune('1'+i)), Code: "H7KM3XQP",
			Link:    "https://hoithi.thanhhoa.gov.vn/contestant/k/4mZ7Qk2hW9bTn5XvLs8RdA",
			Address: "https://hoithi.thanhhoa.gov.vn/contestant",
		}
	}
	cards[2].Contest = "Cuộc thi tìm hiểu “Đẩy mạnh cải cách hành chính, chuyển đổi số và xây dựng nền công vụ phục vụ Nhân dân” trong cán bộ, công chức, viên chức trẻ tỉnh Thanh Hoá lần thứ XII"
	cards[2].Unit = "Ban Chấp hành Đoàn Thanh niên Cộng sản Hồ Chí Minh xã Nghĩa Đô Thượng, huyện đảo Trường Sa"
	cards[3].Number = "1234567"
	cards[5].Unit = ""
	return cards
}

func TestEntryCards(t *testing.T) {
	var b bytes.Buffer
	replaced, err := WriteEntryCards(&b, "Thẻ dự thi", time.Unix(1_790_000_000, 0), CardWordsFor("vi"), sampleCards())
	if err != nil {
		t.Fatal(err)
	}
	if len(replaced) != 0 {
		t.Fatalf("letters replaced on cards that hold only Vietnamese: %q", string(replaced))
	}
	if path := os.Getenv("HOITHI_CARDS_PDF"); path != "" {
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// Every letter of Vietnamese, with every tone, small and capital.
const vietnamese = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđ"

func TestFontsHaveEveryVietnameseLetter(t *testing.T) {
	paper, err := NewPaper("t", time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	text := norm.NFD.String(vietnamese+strings.ToUpper(vietnamese)) + "“”‘’«»–—…·×₫%°"
	for _, font := range []Font{Sans, SansBold, Serif, SerifBold, SerifItalic} {
		paper.Use(font, 10, Black)
		if got := paper.Printable(text); strings.ContainsRune(got, missing) {
			t.Errorf("%s lacks letters: %q", font, got)
		}
	}
	if r := paper.Replaced(); len(r) != 0 {
		t.Errorf("replaced %q", string(r))
	}
}

func TestAMissingLetterIsReported(t *testing.T) {
	cards := sampleCards()[:1]
	cards[0].Name = "An 😀 漢"
	var b bytes.Buffer
	replaced, err := WriteEntryCards(&b, "t", time.Unix(0, 0), CardWordsFor("vi"), cards)
	if err != nil {
		t.Fatal(err)
	}
	if string(replaced) != "漢😀" {
		t.Errorf("replaced letters %q are not those the font lacks", string(replaced))
	}
}

func TestCardsHoldTheirText(t *testing.T) {
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed")
	}
	cards := sampleCards()
	var b bytes.Buffer
	if _, err := WriteEntryCards(&b, "t", time.Unix(0, 0), CardWordsFor("vi"), cards); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "cards.pdf")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(string(out)), " ")
	for _, want := range []string{"Nguyễn Thị Hoài An", "H7KM-3XQP", "Giữ kín mã này", "1234567", "Đội Chín", "hoithi.thanhhoa.gov.vn/contestant"} {
		if !strings.Contains(text, want) {
			t.Errorf("the printed text lacks %q", want)
		}
	}
	if pages := strings.Count(string(out), "\f"); pages != 2 {
		t.Errorf("%d pages for 9 cards, want 2", pages)
	}
}

func TestLinesStayInTheirBox(t *testing.T) {
	paper, err := NewPaper("t", time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([A-ZĐa-z`+vietnamese+`]{1,30} ?){0,20}`).Draw(t, "text")
		width := float64(rapid.IntRange(15, 90).Draw(t, "width"))
		height := float64(rapid.IntRange(5, 20).Draw(t, "height"))
		lines := paper.FitBox(text, width, height, SansBold, 13, 6, Black)
		for _, line := range lines {
			if w := paper.Width(line); w > width+0.01 {
				t.Fatalf("line %q is %.2f wide in a box of %.0f", line, w, width)
			}
		}
		if len(lines) > 1 && float64(len(lines))*paper.Leading() > height+0.01 {
			t.Fatalf("%d lines of %.1f points are higher than %.0f mm", len(lines), paper.Size(), height)
		}
		whole := strings.Join(strings.Fields(text), "")
		if got := strings.ReplaceAll(strings.Join(lines, ""), " ", ""); got != whole && !strings.HasSuffix(got, "…") {
			t.Fatalf("text %q was printed as %q", whole, got)
		}
	})
}

func TestPapersAreWrittenAtTheSameTime(t *testing.T) {
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, err := WriteEntryCards(io.Discard, "t", time.Unix(0, 0), CardWordsFor("en"), sampleCards()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}
