package importing

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hoithi/hoithi/server/bank"
)

// The files in testdata stand for the ways in which authors write. `go test -run SampleFiles -write-samples` makes
// them again; without the flag they are only read, as they lie in the repository.
var writeSamples = flag.Bool("write-samples", false, "write the sample files anew")

const third = "Nghị định số 61/2018/NĐ-CP quy định về nội dung nào? | Công tác văn thư | Cơ chế một cửa, một cửa liên thông* | Hộ tịch | Kiểm soát thủ tục hành chính"

func plainQuestion(number, text string) (string, []string) {
	parts := strings.Split(text, " | ")
	return number + parts[0], parts[1:]
}

var samples = map[string]func(t *testing.T) []byte{
	"azota-answer-lines.docx": func(t *testing.T) []byte {
		d := new(document).p(run("ĐỀ TÌM HIỂU CẢI CÁCH HÀNH CHÍNH", bold)).lines("Thời gian làm bài: 15 phút")
		for i, q := range []string{first, second, third} {
			stem, options := plainQuestion("", q)
			d.p(run("Câu "+string(rune('1'+i))+". ", bold), run(stem))
			for j, o := range options {
				d.p(run(string(rune('A'+j)) + ". " + strings.TrimSuffix(o, "*")))
			}
			for j, o := range options {
				if strings.HasSuffix(o, "*") {
					d.p(run("Đáp án: "+string(rune('A'+j)), bold))
				}
			}
			d.lines("Lời giải: Xem văn bản.\n")
		}
		return d.bytes(t)
	},
	"azota-key-table.docx": func(t *testing.T) []byte {
		d := new(document).lines("PHẦN I. VĂN BẢN")
		for i, q := range []string{first, second, third} {
			stem, options := plainQuestion("Câu "+string(rune('1'+i))+": ", q)
			for j := range options {
				options[j] = string(rune('A'+j)) + ". " + strings.TrimSuffix(options[j], "*")
			}
			d.lines(stem)
			if i == 1 {
				d.p(run(strings.Join(options, "\t")))
			} else {
				d.table(options[:2], options[2:])
			}
		}
		return d.lines("----- HẾT -----\nBẢNG ĐÁP ÁN").table([]string{"Câu", "1", "2", "3"}, []string{"Đáp án", "B", "C", "B"}).bytes(t)
	},
	"marked-underline.docx": func(t *testing.T) []byte { return markedSample(t, underline) },
	"marked-bold.docx":      func(t *testing.T) []byte { return markedSample(t, bold) },
	"marked-colour.docx":    func(t *testing.T) []byte { return markedSample(t, red) },
	"marked-highlight.docx": func(t *testing.T) []byte { return markedSample(t, yellow) },
	"marked-signs.docx": func(t *testing.T) []byte {
		d := new(document)
		for i, q := range []string{first, second, third} {
			stem, options := plainQuestion("Bài "+string(rune('1'+i))+". ", q)
			d.lines(stem)
			for j, o := range options {
				o, right := strings.CutSuffix(o, "*")
				line := string(rune('A'+j)) + ". " + o
				if right {
					line = []string{"*" + line, line + " (đúng)", line + " [đúng]"}[i]
				}
				d.lines(line)
			}
		}
		return d.bytes(t)
	},
	"automatic-numbering.docx": func(t *testing.T) []byte {
		d := &document{numbers: listLevels(1, [][2]string{{"decimal", "Câu %1."}, {"upperLetter", "%2."}}, 1)}
		for _, q := range []string{first, second, third} {
			stem, options := plainQuestion("", q)
			d.numbered(1, 0, run(stem, bold))
			for _, o := range options {
				if o, right := strings.CutSuffix(o, "*"); right {
					d.numbered(1, 1, run(o, red, bold))
				} else {
					d.numbered(1, 1, run(o))
				}
			}
		}
		return d.bytes(t)
	},
	"merged-header.xlsx": func(t *testing.T) []byte {
		rows := []row{{"BỘ CÂU HỎI TÌM HIỂU PHÁP LUẬT"}, {}, {"TT", "Nội dung câu hỏi", "Phương án trả lời", "", "", "", "Đáp án đúng"}, {"", "", "A", "B", "C", "D", ""}}
		for i, q := range []string{first, second, third} {
			stem, options := plainQuestion("", q)
			r := row{i + 1, stem}
			answer := any(nil)
			for j, o := range options {
				o, right := strings.CutSuffix(o, "*")
				r = append(r, o)
				if right {
					answer = []any{string(rune('A' + j)), j + 1, o}[i]
				}
			}
			rows = append(rows, append(r, answer), row{})
		}
		return workbook(t, nil, rows...)
	},
}

func markedSample(t *testing.T, mark string) []byte {
	d := new(document)
	for i, q := range []string{first, second, third} {
		stem, options := plainQuestion("Câu "+string(rune('1'+i))+". ", q)
		d.lines(stem)
		for j, o := range options {
			o, right := strings.CutSuffix(o, "*")
			letter := string(rune('A'+j)) + "."
			switch {
			case right && i == 0: // the mark on the letter alone
				d.p(run(letter, mark), run(" "+o))
			case right:
				half := len([]rune(o)) / 2
				d.p(run(letter+" "+string([]rune(o)[:half]), mark), run(string([]rune(o)[half:]), mark))
			default:
				d.p(run(letter + " " + o))
			}
		}
	}
	return d.bytes(t)
}

func TestSampleFiles(t *testing.T) {
	for name, build := range samples {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", name)
			if *writeSamples {
				if err := os.WriteFile(path, build(t), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			r := read(t, data)
			expect(t, r, first, second, third)
			for _, i := range r.Items {
				if i.Content.Type != bank.Single || i.Place.From == 0 || i.Original == "" {
					t.Errorf("item %d: %s, place %+v, original %q", i.Row, i.Content.Type, i.Place, i.Original)
				}
			}
		})
	}
}
