package importing

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/fault"
)

// container is the start of an old Office file whose directory names a stream.
func container(stream string) []byte {
	data := append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 504)...)
	for _, c := range []byte(stream) {
		data = append(data, c, 0)
	}
	return append(data, make([]byte, 512)...)
}

func TestFilesThatCannotBeReadSayWhatTheyAre(t *testing.T) {
	laughs := `<!DOCTYPE quiz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><quiz><question type="truefalse"><questiontext><text>&c;</text></questiontext></question></quiz>`
	for name, tc := range map[string]struct {
		data []byte
		want *fault.Fault
	}{
		"an old Word file":                {container("WordDocument"), errLocked},
		"a new one with a password":       {container("EncryptedPackage"), errPassword},
		"a PDF":                           {[]byte("%PDF-1.7\n..."), errPDF},
		"an RTF":                          {[]byte(`{\rtf1\ansi Câu 1}`), errRTF},
		"a picture":                       {tinyPNG(t), errPicture},
		"an archive of another kind":      {[]byte("Rar!\x1a\x07\x00"), errArchive},
		"a web page":                      {[]byte("<!DOCTYPE html><html><body>Câu 1</body></html>"), errHTML},
		"text that is no Unicode":         {[]byte("C\xe2u 1. Th\xfb \xf0\xf4?\nA. x\nB. y"), errEncoding},
		"an OpenDocument":                 {zipped(t, map[string][]byte{"mimetype": []byte("application/vnd.oasis.opendocument.text"), "content.xml": []byte("<x/>")}), errOtherOffice},
		"QTI 1.2":                         {[]byte(`<questestinterop><item/></questestinterop>`), errOldQTI},
		"QTI 1.2 in a package":            {zipped(t, map[string][]byte{"imsmanifest.xml": []byte(`<manifest><resources><resource href="a.xml"/></resources></manifest>`), "a.xml": []byte(`<questestinterop/>`)}), errOldQTI},
		"a manifest alone":                {[]byte(`<manifest><resources/></manifest>`), errLoneManifest},
		"entities that laugh":             {[]byte(laughs), errEntities},
		"an entity that reads a file":     {[]byte(`<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>`), errEntities},
		"a manifest with entities":        {zipped(t, map[string][]byte{"imsmanifest.xml": []byte(`<!DOCTYPE m [<!ENTITY x "y">]><manifest/>`)}), errEntities},
		"XML that is too deep":            {[]byte("<quiz>" + strings.Repeat("<a>", 10000) + strings.Repeat("</a>", 10000) + "</quiz>"), errBroken},
		"XML that never ends":             {[]byte("<quiz><question type=\"multichoice\">"), errBroken},
		"a package whose item is a bomb":  {zipped(t, map[string][]byte{"imsmanifest.xml": []byte("<manifest/>"), "a.xml": bytes.Repeat([]byte(" "), maxPart+1)}), errTooLarge},
		"a text of more than it may hold": {bytes.Repeat([]byte("Câu 1. x\n"), maxPart/9), errTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(tc.data)
			var f *fault.Fault
			if !errors.As(err, &f) || f.Code != tc.want.Code {
				t.Errorf("got %v, want %s", err, tc.want.Code)
			}
		})
	}
}

// A hundred thousand questions are read up to the limit, and no further.
func TestMoreThanAnybodyCanReview(t *testing.T) {
	book := excelize.NewFile()
	w, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.SetRow("A1", []any{"Câu hỏi", "A", "B", "Đáp án"}); err != nil {
		t.Fatal(err)
	}
	for i := range 100_000 {
		if err := w.SetRow(fmt.Sprintf("A%d", i+2), []any{fmt.Sprintf("Câu số %d?", i), "x", "y", "A"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	var sheet bytes.Buffer
	if err := book.Write(&sheet); err != nil {
		t.Fatal(err)
	}
	var gift, moodle, aiken strings.Builder
	moodle.WriteString("<quiz>")
	for i := range 100_000 {
		fmt.Fprintf(&gift, "Câu số %d?{=x ~y}\n\n", i)
		fmt.Fprintf(&aiken, "Câu số %d?\nA. x\nB. y\nANSWER: A\n\n", i)
		if i < 60_000 {
			fmt.Fprintf(&moodle, `<question type="truefalse"><questiontext><text>Câu số %d</text></questiontext><answer fraction="100"><text>true</text></answer></question>`, i)
		}
	}
	moodle.WriteString("</quiz>")
	for name, data := range map[string][]byte{"xlsx": sheet.Bytes(), "gift": []byte(gift.String()), "aiken": []byte(aiken.String()), "moodle": []byte(moodle.String())} {
		r, err := Read(data)
		if err != nil {
			if !errors.Is(err, errTooLarge) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if len(r.Items) != bank.MaxReadItems || !strings.Contains(codes(r.Problems), "too_many_items") {
			t.Errorf("%s: %d items, %s", name, len(r.Items), codes(r.Problems))
		}
	}
}

// Small files that were made to be read for hours: a text of a million pieces, a package that names one file a thousand
// times, a sheet whose every row claims a cell at the far corner. The test ends in time, or it does not end.
func TestFilesMadeToBeReadForHours(t *testing.T) {
	pieces := "<quiz>" + strings.Repeat("x<!---->", 1_900_000) + "</quiz>"
	if root, err := readTree([]byte(pieces)); err != nil || len(root.kids) != 1 || len(root.kids[0].text) != 1_900_000 {
		t.Errorf("a text in pieces: %v", err)
	}
	var manifest strings.Builder
	for i := range 6_000 {
		fmt.Fprintf(&manifest, `<resource href="none%d.xml"/>`, i)
	}
	named := "<manifest>" + manifest.String() + strings.Repeat(`<resource href="a.xml"/>`, 400_000) + "</manifest>"
	packed := zipped(t, map[string][]byte{manifestName: []byte(named), "a.xml": []byte("<assessmentTest>" + strings.Repeat("<a/>", 10_000) + "</assessmentTest>")})
	if _, err := Read(packed); err != nil {
		t.Errorf("a file that is named often: %v", err)
	}
	var far strings.Builder
	for i := range 4_000 {
		fmt.Fprintf(&far, `<row r="%[1]d"><c r="A%[1]d"><v>1</v></c><c r="XFD%[1]d"/></row>`, i+3)
	}
	data := workbook(t, nil, row{"Câu hỏi", "A", "B", "Đáp án"}, row{"Gì?", "x", "y", "A"})
	if _, err := Read(rewritten(t, data, "</sheetData>", far.String()+"</sheetData>")); !errors.Is(err, errTooLarge) {
		t.Errorf("cells at the far corner: %v", err)
	}
}
