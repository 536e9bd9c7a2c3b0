package importing

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/hoithi/hoithi/server/bank"
)

// Files as other programs write them, not as we do.

const giftPaper = `// a comment
$CATEGORY: $course$/top/Luật/Hiến pháp

::Câu 1:: Thủ đô của Việt Nam là 1+1:=2 thành phố nào? {
~Huế #gần đúng
=Hà Nội

~Đà Nẵng
####Điều 13 Hiến pháp 2013.}

::Câu 2::[html]<p>Tính <b>nhanh</b> \\(\\frac\{1\}\{2\}\\) &amp; chọn:</p>{~%50%một~%50%hai~%-100%ba}

Quốc hội có một viện. {T}

Quốc khánh là ngày mấy tháng 9? {#2:0}

Từ năm nào? {#1990..2000}

Số nào? {#=3.14:0.005 =%50%3:1}

Đơn vị hành chính? {=xã =%100%phường}

Ghép {
=Việt Nam -> Hà Nội
=Lào -> Viêng Chăn
= -> Băng Cốc
}

Hiến pháp hiện hành ban hành {=năm 2013 ~năm 1992} và còn hiệu lực.

Hãy viết một bài luận. {}

Chỉ là đoạn giới thiệu.
`

func TestGiftAsMoodleAndAuthorsWriteIt(t *testing.T) {
	r := read(t, []byte(giftPaper))
	if r.Format != bank.GIFT || len(r.Items) != 11 {
		t.Fatalf("%s with %d items", r.Format, len(r.Items))
	}
	c := r.Items[0].Content
	if c.Type != bank.Single || c.Topic != "Luật / Hiến pháp" || c.Explanation != "Điều 13 Hiến pháp 2013." || c.Key.Options[0] != "b" || len(c.Options) != 3 ||
		r.Items[0].Place.From != 4 || r.Items[0].Label != "Câu 1" || c.Stem != "Thủ đô của Việt Nam là 1+1:=2 thành phố nào?" {
		t.Errorf("first: %+v %+v", c, r.Items[0].Place)
	}
	if c = r.Items[1].Content; c.Type != bank.Multiple || c.Stem != `Tính nhanh $\frac{1}{2}$ & chọn:` || strings.Join(c.Key.Options, "") != "ab" {
		t.Errorf("second: %+v", c)
	}
	for i, want := range map[int]bank.ItemType{2: bank.TrueFalse, 3: bank.Numeric, 4: bank.Numeric, 5: bank.Numeric, 6: bank.ShortText, 7: bank.Matching, 8: bank.FillIn} {
		if got := r.Items[i]; got.Content.Type != want || bank.HasError(got.Problems) {
			t.Errorf("item %d is %s, want %s (%v)", i+1, got.Content.Type, want, got.Problems)
		}
	}
	if k := r.Items[4].Content.Key; k.Number != "1995" || k.Tolerance != "5" {
		t.Errorf("a range: %+v", k)
	}
	if k := r.Items[5].Content.Key; k.Number != "3.14" || k.Tolerance != "0.005" {
		t.Errorf("several numbers: %+v", k)
	}
	if c := r.Items[7].Content; len(c.Targets) != 3 || len(c.Key.Pairs) != 2 {
		t.Errorf("pairs: %+v", c)
	}
	if c := r.Items[8].Content; c.Stem != "Hiến pháp hiện hành ban hành [[1]] và còn hiệu lực." || c.Key.Blanks[0].Option != "a" {
		t.Errorf("a missing word: %+v", c)
	}
	for _, i := range []int{9, 10} {
		if !strings.Contains(codes(r.Items[i].Problems), "error:type_unsupported") {
			t.Errorf("item %d: %s", i+1, codes(r.Items[i].Problems))
		}
	}
}

func TestAikenTellsWhatIsMissing(t *testing.T) {
	r := read(t, []byte("\xef\xbb\xbfThủ đô là gì?\r\nA. Huế\r\nB) Hà Nội\r\nANSWER: B\r\n\r\nCâu thiếu đáp án?\nA. x\nB. y\n\nCâu sai chữ?\nA. x\nB. y\nANSWER: F\n"))
	if r.Format != bank.Aiken || len(r.Items) != 3 || r.Items[0].Content.Key.Options[0] != "b" || r.Items[0].Place.To != 4 {
		t.Fatalf("%+v", r.Items)
	}
	if got := codes(r.Items[1].Problems) + codes(r.Items[2].Problems); !strings.Contains(got, "no_key") || !strings.Contains(got, "key_unknown") {
		t.Errorf("problems %s", got)
	}
}

func moodleQuiz(inside string) []byte {
	return []byte(`<?xml version="1.0" encoding="UTF-8"?><quiz><!-- x --><question type="category"><category><text>$system$/top/Default for Hội thi/Tin học // Mạng</text></category></question>` + inside + `</quiz>`)
}

func TestMoodleAsItExports(t *testing.T) {
	picture := base64.StdEncoding.EncodeToString(tinyPNG(t))
	r := read(t, moodleQuiz(`
<question type="multichoice"><name><text>Hình</text></name><questiontext format="html"><text><![CDATA[<p>Hình này&nbsp;là gì? <img src="@@PLUGINFILE@@/h%C3%ACnh%201.png?time=5" alt="Quốc huy"/></p><p>H<sub>2</sub>O, x<sup>10</sup></p>]]></text>
<file name="hình 1.png" path="/" encoding="base64">`+picture[:20]+"\n  "+picture[20:]+`</file><file name="unused.png" path="/" encoding="base64">eHh4</file></questiontext>
<generalfeedback format="html"><text>Vì <i>thế</i></text></generalfeedback><single>true</single><shuffleanswers>true</shuffleanswers>
<answer fraction="100" format="html"><text>Quốc huy</text></answer><answer fraction="0" format="html"><text><![CDATA[<p><img src="data:image/png;base64,`+picture+`"></p>]]></text></answer></question>
<question type="ddwtos"><questiontext format="html"><text>[[2]] ăn [[1]].</text></questiontext><dragbox><text>chuột</text><group>1</group></dragbox><dragbox><text>mèo</text><group>1</group></dragbox><dragbox><text>cỏ</text><group>2</group></dragbox></question>
<question type="cloze"><questiontext format="html"><text><![CDATA[Thủ đô {1:SA:=Hà Nội~%100%Ha Noi~%50%HN#gần đúng}, số {1:NUMERICAL:=7.5:0.1}, màu {1:MULTICHOICE:~xanh~=đỏ \}}.]]></text></questiontext></question>
<question type="matching"><questiontext format="html"><text>Đúng sai</text></questiontext><subquestion format="html"><text>một</text><answer><text>Đúng</text></answer></subquestion><subquestion><text>hai</text><answer><text>Sai</text></answer></subquestion></question>
<question type="mtf"><questiontext format="html"><text>Nhóm</text></questiontext><row number="1"><rowtext format="html"><text>một</text></rowtext></row><row number="2"><rowtext format="html"><text>hai</text></rowtext></row><weight rownumber="1" columnnumber="1"><value>0.000</value></weight><weight rownumber="2" columnnumber="1"><value>1.000</value></weight></question>
<question type="essay"><questiontext format="html"><text>Viết</text></questiontext></question>
<question type="description"><questiontext format="html"><text>Đọc kỹ</text></questiontext></question>
<question type="numerical"><questiontext format="html"><text><![CDATA[\(x^2\) hay $$y$$; giá $5 hay $6? <img src="https://vi.du/a.png">]]></text></questiontext><answer fraction="100"><text>1.5</text><tolerance>0.25</tolerance></answer></question>`))
	if r.Format != bank.Moodle || len(r.Items) != 7 {
		t.Fatalf("%s with %d items", r.Format, len(r.Items))
	}
	c := r.Items[0].Content
	if c.Stem != "Hình này là gì?\nH₂O, x¹⁰" || c.Image == nil || c.Image.Alt != "Quốc huy" || c.Options[1].Image == nil || c.Explanation != "Vì thế" || c.Topic != "Tin học - Mạng" || len(r.Items[0].Files) != 1 {
		t.Errorf("pictures: %+v (%v)", c, r.Items[0].Problems)
	}
	if c = r.Items[1].Content; c.Stem != "[[1]] ăn [[2]]." || len(c.Blanks[0].Options) != 2 || c.Key.Blanks[0].Option != "b" || c.Key.Blanks[1].Option != "a" {
		t.Errorf("dragged words: %+v", c)
	}
	if c = r.Items[2].Content; c.Stem != "Thủ đô [[1]], số [[2]], màu [[3]]." || strings.Join(c.Key.Blanks[0].Texts, "|") != "Hà Nội|Ha Noi" || c.Key.Blanks[1].Tolerance != "0.1" ||
		c.Blanks[2].Options[1].Text != "đỏ }" || c.Key.Blanks[2].Option != "b" {
		t.Errorf("cloze: %+v", c)
	}
	if c = r.Items[3].Content; c.Type != bank.TrueFalseGroup || strings.Join(c.Key.Options, "") != "a" {
		t.Errorf("pairs of true and false: %+v", c)
	}
	if c = r.Items[4].Content; c.Type != bank.TrueFalseGroup || strings.Join(c.Key.Options, "") != "b" {
		t.Errorf("mtf: %+v", c)
	}
	if got := codes(r.Items[5].Problems); !strings.Contains(got, "type_unsupported") {
		t.Errorf("essay: %s", got)
	}
	if c = r.Items[6].Content; c.Stem != `$x^2$ hay $$y$$; giá $5 hay $6?` || c.Key.Number != "1.5" || !strings.Contains(codes(r.Items[6].Problems), "picture_outside") {
		t.Errorf("formulas: %+v %s", c, codes(r.Items[6].Problems))
	}
	if !strings.Contains(codes(r.Problems), "descriptions") {
		t.Errorf("what asks nothing must be told: %s", codes(r.Problems))
	}
}

func TestQTIOfOtherPrograms(t *testing.T) {
	item := func(inside string) []byte {
		return []byte(`<?xml version="1.0"?><assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i" title="Một câu">` + inside + `</assessmentItem>`)
	}
	r := read(t, zipped(t, map[string][]byte{
		"imsmanifest.xml": []byte(`<manifest><resources><resource identifier="b" type="imsqti_item_xmlv2p1" href="b/two.xml"/><resource identifier="a" type="imsqti_item_xmlv2p1" href="one.xml"/>
<resource identifier="c" type="imsqti_item_xmlv3p0" href="three.xml"/><resource identifier="d" type="imsqti_item_xmlv2p1" href="four.xml"/><resource identifier="gone" type="imsqti_item_xmlv2p1" href="gone.xml"/></resources></manifest>`),
		"one.xml": item(`<responseDeclaration identifier="R" cardinality="single" baseType="string"><correctResponse><value>lớn nhất</value><value>to nhất</value></correctResponse>
<mapping defaultValue="0"><mapEntry mapKey="lớn nhất" mappedValue="0.6"/><mapEntry mapKey="to nhất" mappedValue="0.6"/><mapEntry mapKey="to" mappedValue="0.1"/></mapping></responseDeclaration>
<itemBody><p>Số nào?</p><p><textEntryInteraction responseIdentifier="R"/></p></itemBody>`),
		"b/two.xml": item(`<responseDeclaration identifier="R" cardinality="multiple" baseType="identifier"><correctResponse><value>C2</value></correctResponse></responseDeclaration>
<itemBody><div><img src="../img/a.png" alt="cờ"/></div><choiceInteraction responseIdentifier="R" maxChoices="0" shuffle="true"><prompt>Chọn <math xmlns="http://www.w3.org/1998/Math/MathML"><mfrac><mi>a</mi><msqrt><mi>π</mi></msqrt></mfrac></math></prompt>
<simpleChoice identifier="C1">một</simpleChoice><simpleChoice identifier="C2" fixed="true">hai</simpleChoice></choiceInteraction></itemBody>`),
		"img/a.png": tinyPNG(t),
		"three.xml": []byte(`<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="x" title="y"><qti-response-declaration identifier="R" cardinality="multiple" base-type="directedPair"><qti-correct-response><qti-value>w1 g2</qti-value><qti-value>w3 g1</qti-value></qti-correct-response></qti-response-declaration>
<qti-item-body><qti-gap-match-interaction response-identifier="R"><qti-prompt>Điền:</qti-prompt><qti-gap-text identifier="w1" match-max="1">đỏ</qti-gap-text><qti-gap-text identifier="w2" match-max="1">xanh</qti-gap-text><qti-gap-text identifier="w3" match-max="1">vàng</qti-gap-text>
<p>Sao <qti-gap identifier="g1"/> nền <qti-gap identifier="g2"/></p></qti-gap-match-interaction></qti-item-body></qti-assessment-item>`),
		"four.xml": item(`<responseDeclaration identifier="R" cardinality="ordered" baseType="identifier"><correctResponse><value>kp1</value><value>opt2</value></correctResponse></responseDeclaration>
<itemBody><orderInteraction responseIdentifier="R"><prompt>Xếp</prompt><simpleChoice identifier="kp1">một</simpleChoice><simpleChoice identifier="kp2">hai</simpleChoice></orderInteraction></itemBody>`),
	}))
	if len(r.Items) != 4 || !strings.Contains(codes(r.Problems), "parts_unreadable") {
		t.Fatalf("%d items, %s", len(r.Items), codes(r.Problems))
	}
	if c := r.Items[0].Content; c.Type != bank.Multiple || c.Stem != `Chọn $\frac{a}{\sqrt{\pi}}$` || c.Image == nil || !c.Options[1].Pinned || r.Items[0].Place.Sheet != "b/two.xml" {
		t.Errorf("a choice: %+v %v", c, r.Items[0].Problems)
	}
	if c := r.Items[1].Content; c.Type != bank.ShortText || c.Stem != "Số nào?" || strings.Join(c.Key.Texts, "|") != "lớn nhất|to nhất" {
		t.Errorf("an entry: %+v", c)
	}
	if c := r.Items[2].Content; c.Stem != "Điền:\nSao [[1]] nền [[2]]" || c.Key.Blanks[0].Option != "c" || c.Key.Blanks[1].Option != "a" {
		t.Errorf("gaps: %+v", c)
	}
	if got := codes(r.Items[3].Problems); !strings.Contains(got, "error:key_unknown") {
		t.Errorf("an answer that names what is not there: %s", got)
	}
}
