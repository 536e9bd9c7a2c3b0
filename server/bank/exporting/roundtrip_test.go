package exporting_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/bank/exporting"
	"github.com/hoithi/hoithi/server/bank/importing"
)

// What goes out and comes back is the same: the canonical bytes are equal, after taking away what exporting.Losses says
// that the format loses. Texts are drawn from words that formats trip over: labels, signs, formulas, line breaks.

var words = []string{"Hà Nội", "công chức", "một cửa", "A.", "B)", "Câu 1.", "1.", "2)", "Đáp án: C", "Lời giải:", "HẾT", "Phần I.", "*", "#", "(đúng)", "[sai]", "{x}", "~", "=", "->", ":",
	"::", "//", "\\", "\\n", "%50%", "####", "<b>", "</p>", "&amp;", "a < b", "\"", "'", "|", ";", "$x^2$", `$\frac{1}{2}$`, `$$\sum_{i=1}^n i$$`, "50$", `\(y\)`, `\[`, "]]>", "{1:SA:=x}",
	"+84", "-5", "@", "=SUM(A1)", "7,5", "1.500", "Nguồn: x", "Mức độ: NB", "Chủ đề: y", "Dạng: Số", "ANSWER: A", "> vì", "<g0>", "(1) một", "Đúng", "Sai", "đ", "ế", "TRUE", "T",
	"$CATEGORY: z", "Chọn B", "–", "…", "Bài 2", "[[5]]", "Question 3:", "Điều 5 khoản 1", "https://vi.du", " — ", "Ghi chú: k", "Văn bản: v",
	"{2:MULTICHOICE:~a~=b}", "{:NM:=1:0.5}", "{", "}", "{=a ~b}", "{#5}", "{T}", `\{`, `\}`, `\~`, "`", "<span></span>", "<!-- x -->", "<![CDATA[", "&lt;", "&#123;",
	"@@PLUGINFILE@@/a.png", "[html]", "[markdown]", "***", "A-2", "±", "[1]", "_____", "....", "A)", "a)", "Answer:", "Điều khoản: d", "Không xét dấu: x", `<img src="x"/>`,
	`$\begin{cases} x = 1 \\ y < 2 \end{cases}$`, `$a_{1:}$`, `$\{x\}$`, "{1:SA:=$x$}", "~%50%a", "=%0%b", "->c", "//d", "\\:", "_x_", "*y*", "C", "0.5", "1e3", "−3"}

func phrase(t *rapid.T, label string, most int, lines bool) string {
	var b strings.Builder
	for i := range rapid.IntRange(1, most).Draw(t, label) {
		if i > 0 {
			sep := " "
			if lines && rapid.IntRange(0, 5).Draw(t, "break") == 0 {
				sep = rapid.SampledFrom([]string{"\n", "\n\n"}).Draw(t, "kind of break")
			}
			b.WriteString(sep)
		}
		b.WriteString(rapid.SampledFrom(words).Draw(t, "word"))
	}
	return b.String()
}

// answer is a text that has a letter, as keys must.
func answer(t *rapid.T, label string) string {
	return "đáp " + phrase(t, label, 3, false)
}

func options(t *rapid.T, n int, id func(int) string, pins bool) []bank.Option {
	list := make([]bank.Option, n)
	for i := range list {
		// The number keeps options apart.
		list[i] = bank.Option{ID: id(i), Text: fmt.Sprintf("%s %d", phrase(t, "option", 4, pins), i), Pinned: pins && rapid.IntRange(0, 4).Draw(t, "pinned") == 0}
	}
	return list
}

func decimal(t *rapid.T, label string) string {
	return rapid.SampledFrom([]string{"0", "5", "7.5", "-3", "1500", "1.5", "0.125", "1234.567", "-0.5", "1000000"}).Draw(t, label)
}

func content(t *rapid.T) bank.Content {
	c := bank.Content{
		Type: rapid.SampledFrom(bank.Types).Draw(t, "type"), Stem: "Hỏi " + phrase(t, "stem", 8, true), Explanation: rapid.SampledFrom([]string{"", "Vì " + phrase(t, "explanation", 6, true)}).Draw(t, "has explanation"),
		Difficulty: rapid.SampledFrom(bank.Difficulties).Draw(t, "difficulty"), Topic: rapid.SampledFrom([]string{"", "Luật", "Luật / Hiến pháp", "Tin học / Bảng tính / Hàm: A", "{1:SA:=x} / <b> & =1", "$x$ / A. b"}).Draw(t, "topic"),
	}
	if rapid.Bool().Draw(t, "has source") {
		c.Source = bank.Source{Act: phrase(t, "act", 3, false), Article: rapid.SampledFrom([]string{"", "Điều 5", "khoản 2 — Điều 1", "=1 {x} <b>"}).Draw(t, "article"), Note: rapid.SampledFrom([]string{"", phrase(t, "note", 3, true)}).Draw(t, "has note")}
	}
	n := rapid.IntRange(bank.MinOptions, 5).Draw(t, "options")
	pick := func(i int) string { return bank.OptionID(i) }
	switch c.Type {
	case bank.Single, bank.Multiple, bank.TrueFalseGroup:
		c.Options = options(t, n, pick, true)
		for i := range n {
			if rapid.Bool().Draw(t, "right") && (c.Type != bank.Single || len(c.Key.Options) == 0) {
				c.Key.Options = append(c.Key.Options, pick(i))
			}
		}
		if len(c.Key.Options) == 0 && c.Type != bank.TrueFalseGroup {
			c.Key.Options = []string{"a"}
		}
		if c.Type == bank.TrueFalseGroup && rapid.Bool().Draw(t, "own table") {
			for i := range n {
				c.CreditTable = append(c.CreditTable, int64(i+1)*10000/int64(n))
			}
		}
	case bank.TrueFalse:
		c.Key.Options = []string{rapid.SampledFrom([]string{bank.OptionTrue, bank.OptionFalse}).Draw(t, "truth")}
	case bank.ShortText:
		c.Key.Texts = []string{answer(t, "text")}
		if rapid.Bool().Draw(t, "more texts") {
			c.Key.Texts = append(c.Key.Texts, answer(t, "second text"), rapid.SampledFrom([]string{"đúng", "5", "7,5", "sai 1", "{1:SA:=x}", "a/b", "~c", "%50%d", "e|f"}).Draw(t, "short text"))
		}
		c.Key.IgnoreMarks = rapid.Bool().Draw(t, "ignore marks")
	case bank.Numeric:
		c.Key.Number, c.Key.Tolerance = decimal(t, "number"), rapid.SampledFrom([]string{"0", "0.5", "0.125", "10"}).Draw(t, "tolerance")
	case bank.Ordering:
		c.Options = options(t, n, pick, false)
		c.Key.Order = rapid.Permutation(ids(c.Options)).Draw(t, "order")
	case bank.Matching:
		c.Options, c.Targets = options(t, n, pick, false), options(t, rapid.IntRange(2, 6).Draw(t, "targets"), bank.TargetID, false)
		for _, o := range c.Options {
			c.Key.Pairs = append(c.Key.Pairs, bank.Pair{Option: o.ID, Target: rapid.SampledFrom(ids(c.Targets)).Draw(t, "target")})
		}
	case bank.FillIn:
		c.Stem = strings.ReplaceAll(c.Stem, "[[5]]", "")
		for i := range rapid.IntRange(1, 3).Draw(t, "blanks") {
			id := fmt.Sprint(i + 1)
			c.Stem += rapid.SampledFrom([]string{" là ", "\n", "", " ("}).Draw(t, "before blank") + "[[" + id + "]]" + rapid.SampledFrom([]string{"", ".", " và", ")"}).Draw(t, "behind blank")
			blank, key := bank.Blank{ID: id, Type: rapid.SampledFrom([]bank.ItemType{bank.ShortText, bank.Numeric, bank.Single}).Draw(t, "blank type")}, bank.BlankKey{ID: id}
			switch blank.Type {
			case bank.Single:
				blank.Options = options(t, 3, pick, false)
				key.Option = rapid.SampledFrom(ids(blank.Options)).Draw(t, "blank key")
			case bank.Numeric:
				key.Number, key.Tolerance = decimal(t, "blank number"), rapid.SampledFrom([]string{"0", "0.5"}).Draw(t, "blank tolerance")
			default:
				key.Texts, key.IgnoreMarks = []string{answer(t, "blank text"), "hai"}, rapid.Bool().Draw(t, "blank marks")
			}
			c.Blanks, c.Key.Blanks = append(c.Blanks, blank), append(c.Key.Blanks, key)
		}
	}
	c.PartialCredit = rapid.SampledFrom(c.Type.Credits()).Draw(t, "credit")
	if c.Type != bank.FillIn && rapid.IntRange(0, 2).Draw(t, "picture") == 0 {
		c.Image = pictureOf(byte(rapid.IntRange(0, 9).Draw(t, "shade")))
		if len(c.Options) > 1 && c.Type != bank.TrueFalse {
			c.Options[1].Image = pictureOf(200)
		}
	}
	return c.Normalized()
}

func ids(list []bank.Option) []string {
	var out []string
	for _, o := range list {
		out = append(out, o.ID)
	}
	return out
}

var pictures = map[string][]byte{}

func init() {
	for _, shade := range []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 200} {
		img := image.NewGray(image.Rect(0, 0, 3, 2))
		img.SetGray(0, 0, color.Gray{Y: shade})
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			panic(err)
		}
		sum := sha256.Sum256(b.Bytes())
		pictures[hex.EncodeToString(sum[:])[:32]] = b.Bytes()
		shades[shade] = hex.EncodeToString(sum[:])
	}
}

var shades = map[byte]string{}

func pictureOf(shade byte) *bank.Image {
	return &bank.Image{FileID: shades[shade][:32], Hash: shades[shade], Alt: fmt.Sprintf("Hình \"số\" <%d>", shade), Width: 3, Height: 2}
}

func withFiles(c bank.Content) bank.Written {
	w := bank.Written{Content: c, Files: map[string]bank.WrittenFile{}}
	for _, f := range c.Files() {
		w.Files[f.FileID] = bank.WrittenFile{Data: pictures[f.FileID], Type: "image/png"}
	}
	return w
}

// left is what remains of a content after the losses that were told.
func left(c bank.Content, losses []bank.Loss) (bank.Content, bool) {
	for _, l := range losses {
		switch l.Code {
		case "type":
			return c, false
		case "pictures":
			c.Image = nil
			c.Options = append([]bank.Option(nil), c.Options...)
			for i := range c.Options {
				c.Options[i].Image = nil
			}
		case "explanation":
			c.Explanation = ""
		case "details":
			c.Topic, c.Source, c.Difficulty = "", bank.Source{}, bank.Understanding
			c.Options = append([]bank.Option(nil), c.Options...)
			for i := range c.Options {
				c.Options[i].Pinned = false
			}
		case "paragraphs":
			c.Options = append([]bank.Option(nil), c.Options...)
			for i := range c.Options {
				c.Options[i].Text = strings.Join(strings.Fields(c.Options[i].Text), " ")
			}
		}
	}
	return c.Normalized(), true
}

func TestWhatGoesOutComesBack(t *testing.T) {
	for _, format := range bank.WrittenFormats {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				var items []bank.Written
				var want []bank.Content
				for range rapid.IntRange(1, 3).Draw(t, "items") {
					item := withFiles(content(t))
					if err := item.Content.Validate(); err != nil {
						t.Fatalf("the generator wrote what is not valid: %v", err)
					}
					items = append(items, item)
					if c, written := left(item.Content, exporting.Losses(format, []bank.Written{item})); written {
						want = append(want, c)
					}
				}
				locale := rapid.SampledFrom([]string{"vi", "en"}).Draw(t, "locale")
				data, err := exporting.Write(format, "Ngân hàng", items, locale)
				if err != nil {
					t.Fatal(err)
				}
				if len(want) == 0 {
					return
				}
				r, err := importing.Read(data)
				if err != nil {
					t.Fatalf("%v\n%s", err, data)
				}
				if len(r.Items) != len(want) {
					t.Fatalf("%d items of %d\n%s", len(r.Items), len(want), data)
				}
				for i, c := range want {
					if got := r.Items[i]; !bytes.Equal(got.Content.Encode(), c.Encode()) {
						t.Fatalf("item %d came back changed\nwrote %s\n read %s\n%+v\n%s", i+1, c.Encode(), got.Content.Encode(), got.Problems, shown(format, data))
					}
				}
			})
		})
	}
}

func shown(format bank.Format, data []byte) []byte {
	if bytes.HasPrefix(data, []byte("PK")) {
		return nil
	}
	return data
}
