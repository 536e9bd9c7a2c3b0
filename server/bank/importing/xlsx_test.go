package importing

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/hoithi/hoithi/server/bank"
)

// workbook writes rows of cells into the first sheet and lets the test change the file before it is saved.
func workbook(t testing.TB, change func(*excelize.File), rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, r := range rows {
		name, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow("Sheet1", name, &r); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(f)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type row = []any

func TestSheetInEveryOrderAndLanguage(t *testing.T) {
	for name, rows := range map[string][]row{
		"Vietnamese": {
			{"STT", "Câu hỏi", "A", "B", "C", "D", "Đáp án", "Chủ đề", "Mức độ", "Giải thích", "Nguồn"},
			{1, "Cơ quan nào ban hành nghị định?", "Quốc hội", "Chính phủ", "Bộ Nội vụ", "Ủy ban nhân dân", "B", "Văn bản", "Nhận biết", "Vì thế", "Điều 4 Luật X"},
			{2, "Luật Cán bộ, công chức hiện hành được ban hành năm nào?", 2003, 2005, 2008, 2010, "C", "Văn bản", "TH"},
		},
		"English, another order": {
			{"Correct answer", "Option D", "Option C", "Option B", "Option A", "Question", "Level"},
			{"b", "Ủy ban nhân dân", "Bộ Nội vụ", "Chính phủ", "Quốc hội", "Cơ quan nào ban hành nghị định?", "easy"},
			{"3", "2010", "2008", "2005", "2003", "Luật Cán bộ, công chức hiện hành được ban hành năm nào?", ""},
		},
		"answers as text, options with their letters, gaps": {
			{"NGÂN HÀNG CÂU HỎI"}, {}, {"", "Nội dung câu hỏi (*)", "Phương án A", "Phương án B", "Phương án C", "Phương án D", "Đáp án đúng"}, {},
			{"", "Cơ quan nào ban hành nghị định?", "A. Quốc hội", "B. Chính phủ", "C. Bộ Nội vụ", "D. Ủy ban nhân dân", "chính phủ"}, {}, {},
			{"", "Luật Cán bộ, công chức hiện hành được ban hành năm nào?", 2003, 2005, 2008, 2010, 2008},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := read(t, workbook(t, nil, rows...))
			expect(t, r, first, second)
			if r.Items[0].Content.Difficulty != bank.Recognition && !strings.Contains(codes(r.Problems), "no_difficulty") {
				t.Errorf("difficulty %s without a word", r.Items[0].Content.Difficulty)
			}
			if p := r.Items[1].Place; p.Unit != "row" || p.Sheet != "Sheet1" || p.From != len(rows) {
				t.Errorf("place %+v", p)
			}
		})
	}
}

func TestMergedHeaderOfTwoRows(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		for _, m := range [][2]string{{"A1", "G1"}, {"A3", "A4"}, {"B3", "B4"}, {"C3", "F3"}, {"G3", "G4"}} {
			if err := f.MergeCell("Sheet1", m[0], m[1]); err != nil {
				t.Fatal(err)
			}
		}
	},
		row{"BỘ CÂU HỎI TÌM HIỂU PHÁP LUẬT"}, row{},
		row{"TT", "Nội dung câu hỏi", "Phương án trả lời", "", "", "", "Đáp án đúng"},
		row{"", "", "A", "B", "C", "D", ""},
		row{1, "Cơ quan nào ban hành nghị định?", "Quốc hội", "Chính phủ", "Bộ Nội vụ", "Ủy ban nhân dân", "B"},
		row{2, "Luật Cán bộ, công chức hiện hành được ban hành năm nào?", "2003", "2005", "2008", "2010", "C"})
	expect(t, read(t, data), first, second)
}

func TestPicturesInCells(t *testing.T) {
	var dot bytes.Buffer
	if err := png.Encode(&dot, image.NewGray(image.Rect(0, 0, 4, 3))); err != nil {
		t.Fatal(err)
	}
	put := func(cell, alt string, data []byte) func(*excelize.File) {
		return func(f *excelize.File) {
			if err := f.AddPictureFromBytes("Sheet1", cell, &excelize.Picture{Extension: ".png", File: data, Format: &excelize.GraphicOptions{AltText: alt}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	r := read(t, workbook(t, func(f *excelize.File) {
		put("A2", "Con dấu", dot.Bytes())(f)
		put("C3", "Ngã tư", dot.Bytes())(f)
	},
		row{"Câu hỏi", "A", "B", "Đáp án"},
		row{"Đây là con dấu gì?", "Dấu tròn", "Dấu vuông", "A"},
		row{"Biển nào báo ngã tư?", "Không có", "", "B"}))
	if len(r.Items) != 2 {
		t.Fatalf("%d items", len(r.Items))
	}
	first, second := r.Items[0], r.Items[1]
	if i := first.Content.Image; i == nil || i.Alt != "Con dấu" || i.Width != 4 || i.Height != 3 || len(first.Files[i.FileID].Data) != dot.Len() {
		t.Errorf("the question's picture: %+v", i)
	}
	if c := second.Content; c.Image != nil || len(c.Options) != 2 || c.Options[1].Image == nil || c.Options[1].Image.Alt != "Ngã tư" {
		t.Errorf("the option's picture: %+v", c)
	}
	if bank.HasError(second.Problems) {
		t.Errorf("an option that is a picture is none: %+v", second.Problems)
	}
}

func TestRowsOfEveryType(t *testing.T) {
	r := read(t, workbook(t, nil,
		row{"Loại câu hỏi", "Câu hỏi", "A", "B", "C", "Đáp án", "Sai số", "Không xét dấu", "Cho điểm từng phần", "Giữ vị trí"},
		row{"Nhiều đáp án", "Chọn số lẻ", "1", "2", "3", "A, C", "", "", "x", "C"},
		row{"Đúng sai", "Trái đất quay quanh mặt trời", "", "", "", "Đúng"},
		row{"Trả lời ngắn", "Thủ đô?", "", "", "", "Hà Nội|Thăng Long", "", "x"},
		row{"Số", "Pi?", "", "", "", "3,14", "0,01"},
		row{"", "Không ghi loại", "", "", "", "AC"},
		row{"", "Chọn số chẵn", "1", "2", "4", "BC"}))
	expect(t, r, "Chọn số lẻ | 1* | 2 | 3*", "Trái đất quay quanh mặt trời | Đúng* | Sai", "Thủ đô? = Hà Nội / Thăng Long",
		"Pi? = 3.14 ± 0.01", "Không ghi loại = AC", "Chọn số chẵn | 1 | 2* | 4*")
	if c := r.Items[0].Content; c.PartialCredit != bank.RightMinusWrong || !c.Options[2].Pinned || c.Options[0].Pinned {
		t.Errorf("partial credit %s, pinned %v", c.PartialCredit, c.Options)
	}
	if !r.Items[2].Content.Key.IgnoreMarks {
		t.Error("ignoring marks was lost")
	}
}

func TestDoubtfulRows(t *testing.T) {
	r := read(t, workbook(t, nil,
		row{"Câu hỏi", "A", "B", "C", "Đáp án", "Mức độ"},
		row{"Hai cộng hai?", 2, 4, 3, 2, "NB"}, // 2 is the text of A, and the number of B
		row{"Không đáp án", "x", "y", "z", "", "NB"},
		row{"Đáp án lạ", "x", "y", "z", "w", "NB"},
		row{"Trống giữa", "x", "", "z", "A", "NB"},
		row{"Mức lạ", "x", "y", "z", "A", "siêu khó"},
		row{"", "mồ côi", "y", "z", "A", "NB"}))
	for i, want := range []string{"error:key_ambiguous", "error:no_key", "error:key_unknown", "error:invalid", "warning:difficulty_unknown", "error:invalid"} {
		if got := codes(r.Items[i].Problems); !strings.Contains(got, want) {
			t.Errorf("row %d: %q, want %s", r.Items[i].Place.From, got, want)
		}
	}
}

func TestDatesAndNumbersAsTheAuthorSeesThem(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		if err := f.SetCellValue("Sheet1", "B2", time.Date(2026, 9, 2, 0, 0, 0, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
		percent, err := f.NewStyle(&excelize.Style{NumFmt: 9})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellStyle("Sheet1", "C2", "C2", percent); err != nil {
			t.Fatal(err)
		}
	}, row{"Câu hỏi", "A", "B", "C", "Đáp án"}, row{"Ngày nào?", "", 0.5, 7.5, "A"})
	r := read(t, data)
	expect(t, r, "Ngày nào? | 02/09/2026* | 50% | 7,5")
	if !strings.Contains(codes(r.Items[0].Problems), "warning:date_cell") {
		t.Error("a date read from a number goes without a word")
	}
}

func TestSheetsWithoutQuestions(t *testing.T) {
	if r := read(t, workbook(t, nil, row{"Họ tên", "Ngày sinh"}, row{"Lan", "1/1/2000"})); !strings.Contains(codes(r.Problems), "error:no_header") {
		t.Errorf("problems %s", codes(r.Problems))
	}
	if r := read(t, workbook(t, nil, row{"Câu hỏi", "A", "B", "Đáp án"})); !strings.Contains(codes(r.Problems), "error:nothing_found") {
		t.Errorf("problems %s", codes(r.Problems))
	}
}
