// Package importing reads questions out of the spreadsheets and documents that teachers and agencies really write.
//
// It must never trust a file (every size, count and depth has a limit), never reach outside of it, and never guess
// silently: what is doubtful becomes a problem that the organizer sees beside the original text.
package importing

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/fault"
)

// The limits inside a file. A document of 2,000 questions stays far below them.
const (
	maxParts      = 4000
	maxUnpacked   = 80 << 20
	maxPart       = 16 << 20 // one XML part
	maxPicture    = 2 << 20
	maxDepth      = 128
	maxParagraphs = 40000
	maxLineRunes  = 12000
	maxRows       = 20000
)

var (
	errTooLarge = fault.New(fault.TooLarge, "import_too_large",
		"Tệp quá lớn: nhiều nhất 20 MB và không quá 16 MB chữ sau khi giải nén. Hãy tách thành nhiều tệp nhỏ.",
		"The file is too large: at most 20 MB, and 16 MB of text once unpacked. Split it into smaller files.")
	errUnknown = fault.New(fault.Invalid, "import_unknown_format",
		"Chỉ nhận tệp Word (.docx) và Excel (.xlsx). Với tệp .doc hoặc .xls đời cũ, hãy mở ra và lưu lại dạng mới.",
		"Only Word (.docx) and Excel (.xlsx) files are read. Open an old .doc or .xls file and save it in the new format.")
	errLocked = fault.New(fault.Invalid, "import_old_or_locked",
		"Đây là tệp Word/Excel đời cũ hoặc tệp có mật khẩu. Hãy mở bằng Word/Excel, bỏ mật khẩu và lưu lại dạng .docx hoặc .xlsx.",
		"This is an old Word or Excel file, or one with a password. Open it, remove the password and save it as .docx or .xlsx.")
	errBroken = fault.New(fault.Invalid, "import_broken",
		"Không đọc được tệp: nội dung bị hỏng hoặc không đúng định dạng. Hãy mở bằng Word/Excel, lưu lại rồi thử lần nữa.",
		"The file can't be read: it is damaged or not in the right format. Open it in Word or Excel, save it again and retry.")
)

// Read understands a file by its content, not by its name.
func Read(data []byte) (bank.Reading, error) {
	if len(data) > bank.MaxFileSize {
		return bank.Reading{}, errTooLarge
	}
	if bytes.HasPrefix(data, []byte{0xD0, 0xCF, 0x11, 0xE0}) {
		return bank.Reading{}, errLocked
	}
	if !bytes.HasPrefix(data, []byte("PK")) {
		return bank.Reading{}, errUnknown
	}
	archive, err := openArchive(data)
	if err != nil {
		return bank.Reading{}, err
	}
	var reading bank.Reading
	switch {
	case archive.has("word/document.xml"):
		reading, err = readDocx(archive)
	case archive.has("xl/workbook.xml"):
		reading, err = readXlsx(data)
	default:
		return bank.Reading{}, errUnknown
	}
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

// archive is a zip file whose sizes were checked before anything is unpacked.
type archive map[string]*zip.File

func openArchive(data []byte) (archive, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, errBroken.Because(err)
	}
	if len(z.File) > maxParts {
		return nil, errTooLarge
	}
	parts := make(archive, len(z.File))
	var total uint64
	for _, f := range z.File {
		name := strings.ReplaceAll(f.Name, "\\", "/")
		isText := strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels")
		if total += f.UncompressedSize64; total > maxUnpacked || (isText && f.UncompressedSize64 > maxPart) {
			return nil, errTooLarge
		}
		if _, twice := parts[name]; twice {
			return nil, errBroken
		}
		parts[name] = f
	}
	return parts, nil
}

func (a archive) has(name string) bool { return a[name] != nil }

// read unpacks a part; a part that is longer than it declared is refused by the limit all the same.
func (a archive) read(name string, limit int64) ([]byte, error) {
	f := a[name]
	if f == nil {
		return nil, nil
	}
	r, err := f.Open()
	if err != nil {
		return nil, errBroken.Because(err)
	}
	defer r.Close() // it only reads
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, errBroken.Because(err)
	}
	if int64(len(b)) > limit {
		return nil, errTooLarge
	}
	return b, nil
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
