package importing

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/hoithi/hoithi/server/bank"
)

func tinyPNG(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestUnlabelledPaper(t *testing.T) {
	d := new(document).lines("BỘ CÂU HỎI\n\n" + "Cơ quan nào ban hành nghị định?\nQuốc hội\n*Chính phủ\nBộ Nội vụ\nỦy ban nhân dân\n> Hiến pháp 2013.\n\nChọn hai số chẵn:\n*2\n3\n*4\n")
	r := read(t, d.bytes(t))
	if len(r.Items) != 2 {
		t.Fatalf("%d items", len(r.Items))
	}
	if c := r.Items[0].Content; c.Type != bank.Single || c.Key.Options[0] != "b" || c.Explanation != "Hiến pháp 2013." || r.Items[0].Place.From != 3 {
		t.Errorf("%+v %+v", c, r.Items[0].Place)
	}
	if c := r.Items[1].Content; c.Type != bank.Multiple || strings.Join(c.Key.Options, "") != "ac" || c.Options[0].Text != "2" {
		t.Errorf("%+v", c)
	}
}

func TestMcMixGroupsAndPins(t *testing.T) {
	d := new(document).lines("<g3>\nCâu 1. Một?")
	d.p(run("A. x"))
	d.p(run("B", underline), run(". y"))
	d.p(run("#C. Cả hai"))
	d.lines("<g0> Đọc đoạn sau:\nNước là nguồn sống.\nCâu 2. Hai?\nA. x")
	d.p(run("B.", underline), run(" y"))
	d.lines("</g0>\nCâu 3. Ba?\n*A. #VALUE!\nB. y")
	r := read(t, d.bytes(t))
	if len(r.Items) != 3 {
		t.Fatalf("%d items", len(r.Items))
	}
	pins := func(c bank.Content) (s string) {
		for _, o := range c.Options {
			if o.Pinned {
				s += o.ID
			}
		}
		return s
	}
	if c := r.Items[0].Content; c.Key.Options[0] != "b" || pins(c) != "c" {
		t.Errorf("%+v", c)
	}
	if c := r.Items[1].Content; c.Stem != "Đọc đoạn sau:\nNước là nguồn sống.\nHai?" || pins(c) != "ab" || !strings.Contains(codes(r.Items[1].Problems), "lead") {
		t.Errorf("%+v", c)
	}
	if c := r.Items[2].Content; pins(c) != "" || c.Options[0].Text != "#VALUE!" || strings.Contains(c.Stem, "Nước") {
		t.Errorf("%+v", c)
	}
}

func TestTrueFalseGroups(t *testing.T) {
	d := new(document).lines("PHẦN I. Trắc nghiệm\nCâu 1. Một?\n*A. x\nB. y\nPHẦN II. Câu trắc nghiệm đúng sai\nCâu 2. Cho các ý sau:")
	d.p(run("a)", underline), run(" ý một"))
	d.lines("b) ý hai")
	d.p(run("c)", underline), run(" ý ba"))
	d.lines("d) ý bốn\nCâu 3. Cho các ý sau nữa:\na) một\nb) hai\nc) ba\nd) bốn\nĐáp án: Đ, S, S, Đ")
	d.lines("Câu 4. Tất cả sai:\na) một\nb) hai\nĐáp án: a) Sai, b) Sai\nCâu 5. Chưa ai đánh dấu:\na) một\nb) hai")
	r := read(t, d.bytes(t))
	if len(r.Items) != 5 {
		t.Fatalf("%d items", len(r.Items))
	}
	for i, want := range map[int]string{1: "ac", 2: "ad", 3: ""} {
		if c := r.Items[i].Content; c.Type != bank.TrueFalseGroup || strings.Join(c.Key.Options, "") != want || bank.HasError(r.Items[i].Problems) {
			t.Errorf("item %d: %s %v %v", i+1, c.Type, c.Key.Options, r.Items[i].Problems)
		}
	}
	if r.Items[0].Content.Type != bank.Single || !strings.Contains(codes(r.Items[4].Problems), "error:no_key") {
		t.Errorf("%s, %s", r.Items[0].Content.Type, codes(r.Items[4].Problems))
	}
}

// Formulas as Word keeps them.
func TestFormulas(t *testing.T) {
	r := func(s string) string { return "<m:r><m:t>" + s + "</m:t></m:r>" }
	e := func(name, inside string) string { return "<m:" + name + ">" + inside + "</m:" + name + ">" }
	for want, omml := range map[string]string{
		`\frac{a}{b}`:                   e("f", e("num", r("a"))+e("den", r("b"))),
		`\sqrt{x}`:                      e("rad", `<m:radPr><m:degHide m:val="1"/></m:radPr><m:deg/>`+e("e", r("x"))),
		`\sqrt[3]{x+1}`:                 e("rad", e("deg", r("3"))+e("e", r("x+1"))),
		`x_{1}^{2}`:                     e("sSubSup", e("e", r("x"))+e("sub", r("1"))+e("sup", r("2"))),
		`{ab}^{2}`:                      e("sSup", e("e", r("ab"))+e("sup", r("2"))),
		`\sum_{i=1}^{n}i`:               e("nary", `<m:naryPr><m:chr m:val="∑"/></m:naryPr>`+e("sub", r("i=1"))+e("sup", r("n"))+e("e", r("i"))),
		`\int_{0}^{1}f\left(x\right)dx`: e("nary", e("sub", r("0"))+e("sup", r("1"))+e("e", r("f")+e("d", e("e", r("x")))+r("dx"))),
		`\lim_{x\to0}\frac{1}{x}`:       e("func", e("fName", e("limLow", e("e", r("lim"))+e("lim", r("x→0"))))+e("e", e("f", e("num", r("1"))+e("den", r("x"))))),
		`\sin x`:                        e("func", e("fName", r("sin"))+e("e", r("x"))),
		`\begin{pmatrix}1 & 2 \\ 3 & 4\end{pmatrix}`: e("d", e("e", e("m", e("mr", e("e", r("1"))+e("e", r("2")))+e("mr", e("e", r("3"))+e("e", r("4")))))),
		`\begin{cases}x=1 \\ y=2\end{cases}`:         `<m:d><m:dPr><m:begChr m:val="{"/><m:endChr m:val=""/></m:dPr>` + e("e", e("eqArr", e("e", r("x=1"))+e("e", r("y=2")))) + `</m:d>`,
		`\left|x\right|`:                             `<m:d><m:dPr><m:begChr m:val="|"/><m:endChr m:val="|"/></m:dPr>` + e("e", r("x")) + `</m:d>`,
		`\overrightarrow{AB}`:                        `<m:acc><m:accPr><m:chr m:val="⃗"/></m:accPr>` + e("e", r("AB")) + `</m:acc>`,
		`\overline{x}`:                               `<m:bar><m:barPr><m:pos m:val="top"/></m:barPr>` + e("e", r("x")) + `</m:bar>`,
		`\underbrace{x+y}`:                           e("groupChr", e("e", r("x+y"))),
		`\alpha x\le2\pi`:                            r("αx≤2π"),
		`\binom{n}{k}`:                               e("d", e("e", `<m:f><m:fPr><m:type m:val="noBar"/></m:fPr>`+e("num", r("n"))+e("den", r("k"))+`</m:f>`)),
		`x\in\mathbb{R}`:                             r("𝑥∈ℝ"),
		`50\%`:                                       r("50%"),
		`\text{nếu }x>0`:                             `<m:r><m:rPr><m:nor/></m:rPr><m:t>nếu </m:t></m:r>` + r("x&gt;0"),
	} {
		root, err := readTree([]byte(`<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">` + omml + `</m:oMath>`))
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := latex(root); got != want || !ok {
			t.Errorf("got %s (%v), want %s", got, ok, want)
		}
	}
	d := new(document).raw(`<w:p>` + run("Câu 1. Tính ") + `<m:oMathPara><m:oMath>` + e("f", e("num", r("1"))+e("den", r("2"))) + `</m:oMath></m:oMathPara>` + run("?") + `</w:p>`)
	d.raw(`<w:p>` + run("*A. ") + `<m:oMath>` + r("π") + `</m:oMath></w:p>`).lines("B. y")
	item := read(t, d.bytes(t)).Items[0]
	if c := item.Content; c.Stem != `Tính $\frac{1}{2}$?` || c.Options[0].Text != `$\pi$` || len(item.Problems) != 0 {
		t.Errorf("%+v %v", c, item.Problems)
	}
}

func TestPapersTypedAsText(t *testing.T) {
	r := read(t, []byte("Câu 1. Một?\r\nA. x\tB. y\r\nĐáp án: B\r\n\r\nCâu 2. Sắp xếp?\nA. ba\nB. một\nC. hai\nĐáp án: B - C - A\n"))
	if r.Format != bank.Text || len(r.Items) != 2 || r.Items[0].Place.Unit != "line" || r.Items[0].Content.Key.Options[0] != "b" {
		t.Fatalf("%+v", r)
	}
	if c := r.Items[1].Content; c.Type != bank.Ordering || len(c.Key.Order) != 3 {
		t.Errorf("%+v", c)
	}
}
