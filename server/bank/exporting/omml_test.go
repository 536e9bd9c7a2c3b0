package exporting_test

import (
	"archive/zip"
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/bank/exporting"
	"github.com/hoithi/hoithi/server/bank/importing"
)

var reTyped = regexp.MustCompile(` h:typed="[^"]*"`)

// savedByWord is a document whose formulas no longer carry what was typed, as after an edit in Word; body is its text.
func savedByWord(t *testing.T, data []byte) (saved []byte, body string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		part, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == "word/document.xml" {
			part = reTyped.ReplaceAll(part, nil)
			body = string(part)
		}
		w, err := out.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), body
}

func ofStem(t *testing.T, stem string) []byte {
	t.Helper()
	c := bank.Samples()[0]
	c.Stem = stem
	data, err := exporting.Write(bank.DOCX, "Đề", []bank.Written{{Content: c.Normalized()}}, "vi")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// What is typed as LaTeX is a formula in Word, and means the same when Word's own formula is read.
func TestFormulasAreWordsOwn(t *testing.T) {
	for source, want := range map[string]string{
		`x^2+1`: `x^{2}+1`, `\frac12`: `\frac{1}{2}`, `\dfrac{a+b}{2}`: `\frac{a+b}{2}`, `\sqrt{x}`: `\sqrt{x}`, `\sqrt[3]{x+1}`: `\sqrt[3]{x+1}`,
		`x_1^2`: `x_{1}^{2}`, `{ab}^2`: `{ab}^{2}`, `a_{n+1}`: `a_{n+1}`, `H_2SO_4`: `H_{2}SO_{4}`, `f'(x)`: `f^{'}(x)`,
		`\sum_{i=1}^{n} i^2`: `\sum_{i=1}^{n}i^{2}`, `\int_0^1 f(x)dx`: `\int_{0}^{1}f(x)dx`, `\prod_{k} k`: `\prod_{k}k`,
		`\lim_{x\to 0}\frac{1}{x}`: `\lim_{x\to0}\frac{1}{x}`, `\sin x`: `\sin x`, `\sin^2 x+\cos^2 x=1`: `\sin^{2} x+\cos^{2} x=1`, `\log_2 8`: `\log_{2} 8`,
		`\left(\frac{a}{b}\right)^2`: `{\left(\frac{a}{b}\right)}^{2}`, `\left|x\right|`: `\left|x\right|`, `\left[0;1\right)`: `\left[0;1\right)`,
		`\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}`: `\begin{pmatrix}1 & 2 \\ 3 & 4\end{pmatrix}`, `\begin{matrix}a\\b\end{matrix}`: `\begin{matrix}a \\ b\end{matrix}`,
		`\begin{cases} x=1 \\ y=2 \end{cases}`: `\begin{cases}x=1 \\ y=2\end{cases}`, `\begin{aligned} a&=b \\ c&=d \end{aligned}`: `\begin{aligned}a&=b \\ c&=d\end{aligned}`,
		`\vec{a}`: `\overrightarrow{a}`, `\overrightarrow{AB}`: `\overrightarrow{AB}`, `\overline{x}`: `\overline{x}`, `\hat A`: `\widehat{A}`, `\underbrace{x+y}`: `\underbrace{x+y}`,
		`\binom{n}{k}`: `\binom{n}{k}`, `x\in\mathbb{R}`: `x\in\mathbb{R}`, `\alpha x\le 2\pi`: `\alpha x\le2\pi`, `50\%`: `50\%`, `\{1;2\}`: `\{1;2\}`,
		`\text{nếu } x>0`: `\text{nếu }x>0`, `\mathrm{kg}`: `\mathrm{kg}`, `A\cup B\subset C`: `A\cup B\subset C`, `90^\circ`: `{90}^{\circ}`, `\boxed{x}`: `\boxed{x}`,
		`3,14\times 10^{-3}`: `3,14\times{10}^{-3}`, `a<b`: `a<b`, `\overset{n}{X}`: `\overset{n}{X}`,
	} {
		saved, body := savedByWord(t, ofStem(t, "Tính $"+source+"$ nhé?"))
		if strings.Contains(body, "$") || !strings.Contains(body, "<m:oMath>") {
			t.Errorf("%s stays text", source)
		}
		r, err := importing.Read(saved)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Items[0].Content.Stem; got != "Tính $"+want+"$ nhé?" {
			t.Errorf("%s came back as %s, want %s", source, got, want)
		}
	}
}

// What Word can't say stays as it was typed: nothing is lost or guessed.
func TestStrangeFormulasStayText(t *testing.T) {
	for _, source := range []string{`\foo{x}`, `\frac{1}`, `\left(x`, `{x`, `x}`, `a & b`, `\begin{array}{cc} a & b \end{array}`, `x^a^b`, `\begin{pmatrix} 1`, `a % b`, `\mathcal{L}`, `\text{a $x$}`} {
		if omml, ok := exporting.Formula(source); ok {
			t.Errorf("%s was written as %s", source, omml)
		}
	}
	r, err := importing.Read(ofStem(t, `Tính $\foo{x}$?`))
	if err != nil || r.Items[0].Content.Stem != `Tính $\foo{x}$?` {
		t.Errorf("%v %+v", err, r.Items)
	}
}

// Any text between dollars ends: as well-formed XML that reads back, or as text.
func TestFormulaWriterEnds(t *testing.T) {
	pieces := []string{`\frac`, `{`, `}`, `^`, `_`, `\left(`, `\right)`, `\sum`, `\sin`, `x`, `1`, `\\`, `&`, `\begin{cases}`, `\end{cases}`, `\sqrt[`, `]`, `'`, `<`, `\text{a}`, `ế`, ` `, `\`, `\middle|`, `\limits`, `%`, `\hat`}
	rapid.Check(t, func(t *rapid.T) {
		source := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 60).Draw(t, "pieces"), "")
		if omml, ok := exporting.Formula(source); ok && (strings.Count(omml, "<m:e>") != strings.Count(omml, "</m:e>") || !strings.HasSuffix(omml, "</m:oMath>")) {
			t.Fatalf("%s: %s", source, omml)
		}
	})
	if _, ok := exporting.Formula(strings.Repeat("{", 900)); ok {
		t.Error("endless braces were written")
	}
}
