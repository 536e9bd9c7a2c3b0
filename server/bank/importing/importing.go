// Package importing reads questions out of the spreadsheets and documents that teachers and agencies really write, and
// out of the files that other programs hand over.
//
// It must never trust a file (every size, count and depth has a limit), never reach outside of it, and never guess
// silently: what is doubtful becomes a problem that the organizer sees beside the original text.
package importing

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/fault"
)

// The limits inside a file. A document of 2,000 questions stays far below them.
const (
	maxParts      = 9000
	maxUnpacked   = 80 << 20
	maxPart       = 16 << 20 // one XML part
	maxPicture    = 2 << 20
	maxMedia      = 20 << 20
	maxDepth      = 128
	maxParagraphs = 40000
	maxLineRunes  = 12000
	maxRows       = 20000
)

// Read understands a file by its content, not by its name.
func Read(data []byte) (bank.Reading, error) {
	if len(data) > bank.MaxFileSize {
		return bank.Reading{}, errTooLarge
	}
	reading, err := readAny(data)
	if err != nil {
		return bank.Reading{}, err
	}
	if len(reading.Items) > bank.MaxReadItems {
		reading.Items = reading.Items[:bank.MaxReadItems]
		reading.Problems = append(reading.Problems, problem(bank.Error, "too_many_items", "",
			fmt.Sprintf("Tệp có hơn %d câu; chỉ đọc %d câu đầu. Hãy tách tệp.", bank.MaxReadItems, bank.MaxReadItems),
			fmt.Sprintf("The file has more than %d questions; only the first %d were read. Split the file.", bank.MaxReadItems, bank.MaxReadItems)))
	}
	for i := range reading.Items {
		reading.Items[i].Row = i + 1
	}
	return reading, nil
}

func readAny(data []byte) (bank.Reading, error) {
	switch {
	case bytes.HasPrefix(data, []byte("PK")):
		return readZip(data)
	case bytes.HasPrefix(data, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return bank.Reading{}, oldOffice(data)
	}
	for _, known := range foreign {
		if bytes.HasPrefix(data, []byte(known.start)) {
			return bank.Reading{}, known.fault
		}
	}
	text, ok := asUTF8(data)
	trimmed := bytes.TrimSpace(text)
	switch {
	case len(trimmed) == 0:
		return bank.Reading{}, errUnknown
	case trimmed[0] == '<':
		return readXML(data)
	case bytes.IndexByte(text, 0) >= 0:
		return bank.Reading{}, errUnknown
	case !ok:
		return bank.Reading{}, errEncoding
	case len(text) > maxPart:
		return bank.Reading{}, errTooLarge
	}
	return readText(strings.ReplaceAll(string(text), "\r\n", "\n"))
}

func readZip(data []byte) (bank.Reading, error) {
	parts, err := openArchive(data)
	if err != nil {
		return bank.Reading{}, err
	}
	switch {
	case parts.has("word/document.xml"):
		return readDocx(parts)
	case parts.has("xl/workbook.xml"):
		return readXlsx(data)
	case parts.has("xl/workbook.bin"), parts.has("mimetype"), parts.has("ppt/presentation.xml"):
		return bank.Reading{}, errOtherOffice
	case parts.has(manifestName), parts.hasXML():
		return readQTI(parts)
	}
	return bank.Reading{}, errUnknown
}

// readXML tells the kinds of XML by their root.
func readXML(data []byte) (bank.Reading, error) {
	if head := bytes.ToLower(bytes.TrimSpace(data[:min(len(data), 200)])); bytes.Contains(head, []byte("<html")) || bytes.Contains(head, []byte("<!doctype html")) {
		return bank.Reading{}, errHTML
	}
	root, err := readTree(data)
	if err != nil {
		return bank.Reading{}, err
	}
	modern(root)
	switch root.name {
	case "quiz":
		return readMoodle(root), nil
	case "assessmentItem":
		return bank.Reading{Format: bank.QTI, Items: []bank.ReadItem{qtiItem(root, "", about{}, func(string) []byte { return nil })}, Problems: []bank.Problem{}}, nil
	case "questestinterop":
		return bank.Reading{}, errOldQTI
	case "manifest", "assessmentTest":
		return bank.Reading{}, errLoneManifest
	}
	return bank.Reading{}, errUnknown
}

// readText tells the kinds of plain text: GIFT, Aiken, or a paper typed as in a document.
func readText(text string) (bank.Reading, error) {
	switch {
	case isAiken(text):
		return readAiken(text), nil
	case isGift(text):
		return readGift(text)
	}
	var blocks []block
	for i, l := range strings.Split(text, "\n") {
		if i > maxParagraphs {
			return bank.Reading{}, errTooLarge
		}
		var w writing
		w.add(strings.TrimRight(l, " "), marks{})
		lines := w.lines()
		for j := range lines {
			lines[j].paragraph = i + 1
		}
		blocks = append(blocks, block{lines: lines})
	}
	reading := readPaper(blocks, func(string) []byte { return nil })
	reading.Format = bank.Text
	for i := range reading.Items {
		reading.Items[i].Place.Unit = "line"
	}
	if len(reading.Items) == 0 {
		return bank.Reading{}, errUnknown
	}
	return reading, nil
}

func problem(severity bank.Severity, code, path, vi, en string) bank.Problem {
	return bank.Problem{Severity: severity, Code: code, Path: path, Vi: vi, En: en}
}

// invalidFields turns what Validate says into problems, leaving out fields that already have one.
func invalidFields(err error, known []bank.Problem) []bank.Problem {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return nil
	}
	var out []bank.Problem
fields:
	for _, field := range f.Fields {
		for _, k := range known {
			if k.Severity == bank.Error && k.Path == field.Path {
				continue fields
			}
		}
		out = append(out, problem(bank.Error, "invalid", field.Path, field.Vi, field.En))
	}
	return out
}
