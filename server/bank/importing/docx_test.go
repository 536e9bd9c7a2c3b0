package importing

import (
	"bytes"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/hoithi/hoithi/server/bank"
)

// want is what an item must say, in short: "stem | A | B* | C" with a star behind right options, or "stem = answer".
func summary(i bank.ReadItem) string {
	c := i.Content
	var b strings.Builder
	b.WriteString(strings.ReplaceAll(c.Stem, "\n", " ⏎ "))
	for _, o := range c.Options {
		b.WriteString(" | " + o.Text)
		if slices.Contains(c.Key.Options, o.ID) {
			b.WriteString("*")
		}
	}
	switch c.Type {
	case bank.ShortText:
		b.WriteString(" = " + strings.Join(c.Key.Texts, " / "))
	case bank.Numeric:
		b.WriteString(" = " + c.Key.Number + " ± " + c.Key.Tolerance)
	}
	return b.String()
}

func codes(problems []bank.Problem) string {
	var list []string
	for _, p := range problems {
		if p.Vi == "" || p.En == "" {
			list = append(list, "UNTRANSLATED")
		}
		list = append(list, string(p.Severity)+":"+p.Code)
	}
	return strings.Join(list, " ")
}

func read(t *testing.T, data []byte) bank.Reading {
	t.Helper()
	r, err := Read(data)
	if err != nil {
		t.Fatalf("refused: %v", err)
	}
	return r
}

func expect(t *testing.T, r bank.Reading, want ...string) {
	t.Helper()
	for i, w := range want {
		if i >= len(r.Items) {
			t.Errorf("item %d is missing: %s", i+1, w)
			continue
		}
		if got := summary(r.Items[i]); got != w {
			t.Errorf("item %d:\n got %s\nwant %s", i+1, got, w)
		}
		if bank.HasError(r.Items[i].Problems) {
			t.Errorf("item %d has problems: %s", i+1, codes(r.Items[i].Problems))
		}
	}
	if len(r.Items) > len(want) {
		t.Errorf("%d items, want %d; the next is %s", len(r.Items), len(want), summary(r.Items[len(want)]))
	}
}

const (
	first  = "Cơ quan nào ban hành nghị định? | Quốc hội | Chính phủ* | Bộ Nội vụ | Ủy ban nhân dân"
	second = "Luật Cán bộ, công chức hiện hành được ban hành năm nào? | 2003 | 2005 | 2008* | 2010"
)

func TestAzotaWithAnswerLines(t *testing.T) {
	r := read(t, new(document).lines(`
ĐỀ THI TÌM HIỂU CẢI CÁCH HÀNH CHÍNH
Thời gian: 20 phút. Họ và tên: ................
Câu 1. Cơ quan nào ban hành nghị định?
A. Quốc hội
B. Chính phủ
C. Bộ Nội vụ
D. Ủy ban nhân dân
Đáp án: B
Lời giải: Chính phủ ban hành nghị định.
Nghị định là văn bản quy phạm pháp luật.
Nguồn: Khoản 5 Điều 4 Luật Ban hành văn bản quy phạm pháp luật 2015
Mức độ: Nhận biết
Chủ đề: Văn bản

Câu 2: Luật Cán bộ, công chức hiện hành được ban hành năm nào?
A. 2003
B. 2005
C. 2008
D. 2010
Chọn C.`).bytes(t))
	expect(t, r, first, second)
	c := r.Items[0].Content
	if c.Explanation != "Chính phủ ban hành nghị định.\nNghị định là văn bản quy phạm pháp luật." {
		t.Errorf("explanation %q", c.Explanation)
	}
	if c.Source.Act != "Luật Ban hành văn bản quy phạm pháp luật 2015" || c.Source.Article != "Khoản 5 Điều 4" {
		t.Errorf("source %+v", c.Source)
	}
	if c.Topic != "Văn bản" || c.Difficulty != bank.Recognition {
		t.Errorf("topic %q, difficulty %q", c.Topic, c.Difficulty)
	}
	if p := r.Items[0].Place; p.From != 3 || p.To != 13 || p.Unit != "paragraph" {
		t.Errorf("place %+v", p)
	}
	if !strings.Contains(r.Items[0].Original, "B. Chính phủ") || r.Items[0].Label != "Câu 1" {
		t.Errorf("original %q label %q", r.Items[0].Original, r.Items[0].Label)
	}
}

const plainPaper = `
Câu 1. Cơ quan nào ban hành nghị định?
A. Quốc hội
B. Chính phủ
C. Bộ Nội vụ
D. Ủy ban nhân dân
Câu 2. Luật Cán bộ, công chức hiện hành được ban hành năm nào?
A. 2003
B. 2005
C. 2008
D. 2010
---------- HẾT ----------`

func TestAzotaWithKeyAtTheEnd(t *testing.T) {
	for name, end := range map[string]func(*document){
		"a line of pairs":          func(d *document) { d.lines("ĐÁP ÁN\n1-B 2-C") },
		"pairs with points":        func(d *document) { d.lines("BẢNG ĐÁP ÁN:\n1.B\n2.C") },
		"pairs in small letters":   func(d *document) { d.lines("1b 2c") },
		"a table of pairs":         func(d *document) { d.table([]string{"1-B", "2-C"}) },
		"a table with a title row": func(d *document) { d.table([]string{"Đáp án", ""}, []string{"1.B", "2.C"}) },
		"numbers above letters":    func(d *document) { d.table([]string{"Câu", "1", "2"}, []string{"Đáp án", "B", "C"}) },
		"numbers beside letters":   func(d *document) { d.table([]string{"Câu", "Đáp án"}, []string{"1", "B"}, []string{"2", "C"}) },
		"two pairs of columns":     func(d *document) { d.table([]string{"Câu", "ĐA", "Câu", "ĐA"}, []string{"1", "B", "2", "C"}) },
		"worked answers": func(d *document) {
			d.lines("HƯỚNG DẪN CHẤM\nCâu 1. Chọn B. Theo luật.\nCâu 2: C\nVì luật mới.")
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := new(document).lines(plainPaper)
			end(d)
			r := read(t, d.bytes(t))
			expect(t, r, first, second)
			if name == "worked answers" && (r.Items[0].Content.Explanation != "Theo luật." || r.Items[1].Content.Explanation != "Vì luật mới.") {
				t.Errorf("explanations %q, %q", r.Items[0].Content.Explanation, r.Items[1].Content.Explanation)
			}
		})
	}
}

func TestMarkedInPlace(t *testing.T) {
	option := func(letter, text string, letterMarks, textMarks []string) string {
		return run(letter+". ", letterMarks...) + run(text, textMarks...)
	}
	for name, tc := range map[string]struct{ letter, text []string }{
		"underlined letter": {[]string{underline}, nil},
		"underlined text":   {nil, []string{underline}},
		"bold":              {[]string{bold}, []string{bold}},
		"red":               {[]string{red}, []string{red}},
		"red letter":        {[]string{red}, nil},
		"highlighted":       {nil, []string{yellow}},
		"shaded":            {nil, []string{`<w:shd w:val="clear" w:fill="FFFF00"/>`}},
		"bold by style":     {nil, []string{`<w:rStyle w:val="Strong"/>`}},
		"two marks":         {[]string{bold}, []string{bold, red}},
	} {
		t.Run(name, func(t *testing.T) {
			d := new(document)
			d.styles = `<w:style w:type="character" w:styleId="Strong"><w:rPr><w:b/></w:rPr></w:style>`
			d.p(run("Câu 1. ", bold), run("Cơ quan nào ban hành "), run("nghị định", bold, underline), run("?"))
			d.p(option("A", "Quốc hội", nil, nil))
			d.p(option("B", "Chính phủ", tc.letter, tc.text))
			d.p(option("C", "Bộ Nội vụ", nil, nil))
			d.p(option("D", "Ủy ban nhân dân", nil, nil))
			expect(t, read(t, d.bytes(t)), first)
		})
	}
	t.Run("all letters bold, the right one underlined", func(t *testing.T) {
		d := new(document).p(run("Câu 1: Cơ quan nào ban hành nghị định?", bold))
		for i, o := range []string{"Quốc hội", "Chính phủ", "Bộ Nội vụ", "Ủy ban nhân dân"} {
			m := []string{bold}
			if i == 1 {
				m = append(m, underline)
			}
			d.p(option(string(rune('A'+i)), o, m, nil))
		}
		expect(t, read(t, d.bytes(t)), first)
	})
	t.Run("signs in the text", func(t *testing.T) {
		expect(t, read(t, new(document).lines(`
Câu 1. Một
A. Sai rồi
*B. Phải
C. Không
Câu 2. Hai
A. Sai rồi
B. Phải (đúng)
C. Không
Câu 3. Ba
A. Sai rồi [đúng]
B. Phải [Đúng].
C. Không`).bytes(t)),
			"Một | Sai rồi | Phải* | Không", "Hai | Sai rồi | Phải* | Không", "Ba | Sai rồi* | Phải* | Không")
	})
}

func TestOptionsOnOneLine(t *testing.T) {
	d := new(document)
	d.p(run("Câu 1. Cơ quan nào ban hành nghị định?"))
	d.p(run("A. Quốc hội\t"), run("B", underline), run(". Chính phủ\tC. Bộ Nội vụ\tD. Ủy ban nhân dân"))
	d.p(run("Câu 2. Luật Cán bộ, công chức hiện hành được ban hành năm nào?"))
	d.p(run("A. 2003      B. 2005"))
	d.p(run("*C. 2008      D. 2010"))
	d.p(run("Câu 3. Số nào lẻ?   A. 2   B. 3   C. 4"))
	d.p(run("Đáp án: B"))
	d.p(run("Câu 4. Vitamin nào tan trong nước? "))
	d.p(run("A. Vitamin A. B. Vitamin C. C. Vitamin D. D. Vitamin E."))
	d.p(run("Đáp án: B. Vitamin C"))
	r := read(t, d.bytes(t))
	expect(t, r, first, second, "Số nào lẻ? | 2 | 3* | 4",
		"Vitamin nào tan trong nước? | Vitamin A. | Vitamin C.* | Vitamin D. | Vitamin E.")
}

func TestAutomaticNumbering(t *testing.T) {
	d := &document{numbers: listLevels(1, [][2]string{{"decimal", "Câu %1."}, {"upperLetter", "%2."}}, 1)}
	for _, q := range []struct {
		stem    string
		options []string
		right   int
	}{
		{"Cơ quan nào ban hành nghị định?", []string{"Quốc hội", "Chính phủ", "Bộ Nội vụ", "Ủy ban nhân dân"}, 1},
		{"Luật Cán bộ, công chức hiện hành được ban hành năm nào?", []string{"2003", "2005", "2008", "2010"}, 2},
	} {
		d.numbered(1, 0, run(q.stem))
		for i, o := range q.options {
			if i == q.right {
				d.numbered(1, 1, run(o, red))
			} else {
				d.numbered(1, 1, run(o))
			}
		}
	}
	expect(t, read(t, d.bytes(t)), first, second)

	t.Run("a list of its own for each question, started anew, mark on the number", func(t *testing.T) {
		d := &document{numbers: listLevels(1, [][2]string{{"decimal", "%1."}}, 1) + listLevels(2, [][2]string{{"upperLetter", "%1)"}}, 2) +
			`<w:num w:numId="3"><w:abstractNumId w:val="2"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>`}
		d.numbered(1, 0, run("Cơ quan nào ban hành nghị định?"))
		d.numbered(2, 0, run("Quốc hội"))
		d.raw(`<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr><w:rPr>` + underline + `</w:rPr></w:pPr>` + run("Chính phủ") + `</w:p>`)
		d.numbered(2, 0, run("Bộ Nội vụ"))
		d.numbered(2, 0, run("Ủy ban nhân dân"))
		d.numbered(1, 0, run("Luật Cán bộ, công chức hiện hành được ban hành năm nào?"))
		for _, o := range []string{"2003", "2005"} {
			d.numbered(3, 0, run(o))
		}
		d.numbered(3, 0, run("2008", yellow))
		d.numbered(3, 0, run("2010"))
		expect(t, read(t, d.bytes(t)), first, second)
	})
}

func TestOptionsInATable(t *testing.T) {
	d := new(document).lines("Câu 1. Cơ quan nào ban hành nghị định?")
	d.table([]string{"A. Quốc hội", "B. Chính phủ"}, []string{"C. Bộ Nội vụ", "D. Ủy ban nhân dân"})
	d.lines("Đáp án: B")
	expect(t, read(t, d.bytes(t)), first)
}

func TestGroupsThatNumberAnew(t *testing.T) {
	r := read(t, new(document).lines(`
PHẦN I. CẢI CÁCH HÀNH CHÍNH
Câu 1 (NB). Một? (0,5 điểm)
A. a1
B. b1
Câu 2 [VDC]: Hai?
A. a2
B. b2
PHẦN II. TRẮC NGHIỆM ĐÚNG SAI
Câu 1. Ba?
A. a3
B. b3
HẾT
ĐÁP ÁN
Phần I
1-A 2-B
Phần II
1-B`).bytes(t))
	expect(t, r, "Một? (0,5 điểm) | a1* | b1", "Hai? | a2 | b2*", "Ba? | a3 | b3*")
	if got := r.Items[0].Content.Topic; got != "Cải cách hành chính" {
		t.Errorf("topic %q", got)
	}
	if r.Items[0].Content.Difficulty != bank.Recognition || r.Items[1].Content.Difficulty != bank.HighApplication {
		t.Errorf("difficulties %s %s", r.Items[0].Content.Difficulty, r.Items[1].Content.Difficulty)
	}
	if got := r.Items[2].Content.Topic; got != "" {
		t.Errorf("a way of answering is no topic: %q", got)
	}
}

func TestTypesWithoutOptions(t *testing.T) {
	r := read(t, new(document).lines(`
Câu 1. Thủ đô của Việt Nam là gì?
Đáp án: Hà Nội | Thủ đô Hà Nội
Câu 2. Thời hạn trả lời là bao nhiêu ngày?
Đáp án: 7,5 ± 0,5
Câu 3. Công chức được hưởng lương từ ngân sách. (Đúng/Sai)
Đáp án: Đúng
Câu 4. Nhận định sau đúng hay sai: công dân có quyền khiếu nại.
A. Đúng
B. Sai
Đáp án: A`).bytes(t))
	expect(t, r, "Thủ đô của Việt Nam là gì? = Hà Nội / Thủ đô Hà Nội",
		"Thời hạn trả lời là bao nhiêu ngày? = 7.5 ± 0.5",
		"Công chức được hưởng lương từ ngân sách. | Đúng* | Sai",
		"Nhận định sau đúng hay sai: công dân có quyền khiếu nại. | Đúng* | Sai")
	if r.Items[3].Content.Type != bank.TrueFalse {
		t.Errorf("type %s", r.Items[3].Content.Type)
	}
}

func TestFormulaBecomesLaTeX(t *testing.T) {
	d := new(document).raw(`<w:p>` + run("Câu 1. Diện tích 5 m") + run("2", `<w:vertAlign w:val="superscript"/>`) + run(" bằng ") +
		`<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>x+1</m:t></m:r></m:den></m:f><m:sSup><m:e><m:r><m:t>y</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath></w:p>`)
	d.lines("Đáp án: 2")
	expect(t, read(t, d.bytes(t)), `Diện tích 5 m² bằng $\frac{1}{x+1}y^{2}$ = 2 ± 0`)
}

func TestWhatWordHidesIsNotRead(t *testing.T) {
	d := new(document)
	d.raw(`<w:p>` + run("Câu 1. Cơ quan nào ban hành ") + `<w:del><w:r><w:delText>luật</w:delText></w:r></w:del><w:ins>` + run("nghị định?") + `</w:ins>` +
		`<mc:AlternateContent><mc:Choice></mc:Choice><mc:Fallback>` + run("twin") + `</mc:Fallback></mc:AlternateContent>` +
		run("hidden", `<w:vanish/>`) + `<w:r><w:instrText>PAGE</w:instrText></w:r></w:p>`)
	d.lines("A. Quốc hội\n*B. Chính phủ\nC. Bộ Nội vụ\nD. Ủy ban nhân dân")
	expect(t, read(t, d.bytes(t)), first)
}

func TestDecomposedLettersAreRead(t *testing.T) {
	d := new(document)
	for l := range strings.SplitSeq(strings.TrimSpace(plainPaper), "\n") {
		if strings.HasPrefix(l, "B. Chính") || strings.HasPrefix(l, "C. 2008") {
			d.p(run(norm.NFD.String(l), underline))
			continue
		}
		d.p(run(norm.NFD.String(l)))
	}
	expect(t, read(t, d.bytes(t)), first, second)
}

func TestQuestionsNumberedWithoutLabel(t *testing.T) {
	expect(t, read(t, new(document).lines(`
1. Cơ quan nào ban hành nghị định?
a) Quốc hội
b) Chính phủ
c) Bộ Nội vụ
d) Ủy ban nhân dân
2. Luật Cán bộ, công chức hiện hành được ban hành năm nào?
a) 2003
b) 2005
c) 2008
d) 2010
Đáp án
1b 2c`).bytes(t)), first, second)
}

func TestPictureComesWithItsQuestion(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	picture := b.Bytes()
	d := new(document)
	d.rels = `<Relationship Id="rId9" Type="x" Target="media/image1.png"/><Relationship Id="rId10" Type="x" Target="http://example.org/spy.png" TargetMode="External"/>`
	d.media = map[string][]byte{"word/media/image1.png": picture}
	d.raw(`<w:p>` + run("Câu 1. Cơ quan nào ban hành nghị định?") + `<w:r><w:drawing><wp:inline><wp:docPr id="1" name="x" descr="Quốc huy"/><a:blip r:embed="rId9"/></wp:inline></w:drawing></w:r></w:p>`)
	d.lines("A. Quốc hội\n*B. Chính phủ\nC. Bộ Nội vụ\nD. Ủy ban nhân dân")
	d.raw(`<w:p>` + run("Câu 2. Luật Cán bộ, công chức hiện hành được ban hành năm nào?") + `<w:r><w:drawing><a:blip r:embed="rId10"/></w:drawing></w:r></w:p>`)
	d.lines("A. 2003\nB. 2005\n*C. 2008\nD. 2010")
	r := read(t, d.bytes(t))
	expect(t, r, first, second)
	p := r.Items[0].Content.Image
	if p == nil || !bytes.Equal(r.Items[0].Files[p.FileID].Data, picture) || p.Alt != "Quốc huy" || p.Width != 3 {
		t.Errorf("picture %+v", p)
	}
	if r.Items[1].Content.Image != nil {
		t.Error("a picture outside of the file was followed")
	}
}
