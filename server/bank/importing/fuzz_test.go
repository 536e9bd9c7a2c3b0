package importing

import (
	"strings"
	"testing"
)

// The fuzzers write what stands inside of a file, which says more than changing bytes of a zip. Ordinary runs try the
// seeds only; `go test -fuzz FuzzGift ./server/bank/importing` goes on from there.

func fuzzText(f *testing.F, seeds ...string) {
	f.Helper()
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Read([]byte(text))
		checkReading(t, r, err)
	})
}

func FuzzGift(f *testing.F) {
	fuzzText(f, giftPaper, "::a::[html]b{=%50%<img src=data:,>#x ~->}", "x{#1..}", "{>\nA\nB}", "a{=x->y =->z", `\n\{\\{T}`, "$CATEGORY: a//b/c\n\nq{~%-9%a=b####}")
}

func FuzzAiken(f *testing.F) {
	fuzzText(f, "Q\nA. x\nB) y\nANSWER: B", "A. x\nANSWER: A\n", "Q\nA. \nZ. y\nANSWER: A, B\n\nQ")
}

func FuzzMoodle(f *testing.F) {
	fuzzText(f, string(moodleQuiz(`<question type="cloze"><questiontext><text>{1:NM:=1:2}{2:MC:~%0%a#b~=c}{:SA:=\}</text></questiontext></question>`)),
		string(moodleQuiz(`<question type="ddwtos"><questiontext><text>[[9]][[1]]</text></questiontext><dragbox><text>x</text></dragbox></question>`)),
		string(moodleQuiz(`<question type="kprime"/><question type="matching"><subquestion/></question><question type="multichoice"><answer fraction="1e999"/></question>`)),
		`<quiz><question type="truefalse"><answer fraction="100"><text>true</text></answer></question></quiz>`)
}

func FuzzQTI(f *testing.F) {
	fuzzText(f, `<assessmentItem><responseDeclaration identifier="R"><correctResponse><value>a b</value></correctResponse></responseDeclaration><itemBody><matchInteraction responseIdentifier="R"><simpleMatchSet/><simpleMatchSet><simpleAssociableChoice identifier="b"/></simpleMatchSet></matchInteraction></itemBody></assessmentItem>`,
		`<qti-assessment-item><qti-item-body><p><qti-text-entry-interaction/></p></qti-item-body></qti-assessment-item>`,
		`<assessmentItem><itemBody><associateInteraction/></itemBody></assessmentItem>`, `<assessmentItem/>`,
		`<assessmentItem><itemBody><choiceInteraction><simpleChoice/></choiceInteraction><orderInteraction/></itemBody></assessmentItem>`)
}

func FuzzFormula(f *testing.F) {
	for _, s := range []string{`<r><t>x</t></r>`, `<f><num/></f>`, `<d><dPr><begChr/></dPr><e><m><mr/></m></e></d>`, `<nary><naryPr><chr val="?"/></naryPr></nary>`, `<eqArr><e/></eqArr>`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, inside string) {
		root, err := readTree([]byte("<oMath>" + inside + "</oMath>"))
		if err != nil {
			return
		}
		if got, _ := latex(root); strings.Contains(got, "\n") && !strings.Contains(inside, "\n") {
			t.Fatalf("a formula must stay on its line: %q", got)
		}
	})
}
