package bank

import (
	"context"
	"slices"

	"github.com/hoithi/hoithi/server/bank/bankdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

// Loss is what a format has no place for.
type Loss struct {
	Code  string `json:"code"`
	Items int    `json:"items" doc:"How many questions lose it"`
	// Whole: the questions themselves can't be written and are left out.
	Whole bool   `json:"whole"`
	Vi    string `json:"vi"`
	En    string `json:"en"`
}

// maxExported bounds the bytes of the files that go into one export.
const maxExported = 300 << 20

var errExportTooLarge = fault.New(fault.TooLarge, "export_too_large",
	"Hình, âm thanh và phim của ngân hàng quá lớn cho một tệp (hơn 300 MB). Hãy lọc theo chủ đề rồi xuất từng phần.",
	"The pictures, sounds and films are too large for one file (over 300 MB). Filter by topic and export in parts.")

// extensions are how the files of the formats end.
var extensions = map[Format]string{XLSX: ".xlsx", DOCX: ".docx", GIFT: ".gift.txt", Aiken: ".aiken.txt", Moodle: ".moodle.xml", QTI21: ".qti21.zip", QTI30: ".qti30.zip"}

// WrittenFormats are the formats that can be written, in the order in which the dialog offers them.
var WrittenFormats = []Format{XLSX, DOCX, Moodle, QTI21, QTI30, GIFT, Aiken}

// Exported is what to export: everything in use that passes the filter, or a sample of how to write a file.
type Exported struct {
	Format  Format
	TopicID int64
	Locale  string
	Sample  bool
}

// Export writes the items in use of a contest's bank as a file, or a sample of how to write one.
func (s *Service) Export(ctx context.Context, contestID int64, want Exported) (name string, data []byte, err error) {
	title, stem := "Ngân hàng câu hỏi", "cau-hoi"
	if want.Locale == "en" {
		title, stem = "Question bank", "questions"
	}
	if want.Sample {
		stem = map[bool]string{true: "sample-questions", false: "cau-hoi-mau"}[want.Locale == "en"]
	}
	items, err := s.written(ctx, contestID, want, true)
	if err != nil {
		return "", nil, err
	}
	data, err = s.formats.Write(want.Format, title, items, want.Locale)
	return stem + extensions[want.Format], data, err
}

// Losses tells what an export would leave out, and of how many questions.
func (s *Service) Losses(ctx context.Context, contestID int64, want Exported) (items int, losses []Loss, err error) {
	list, err := s.written(ctx, contestID, want, false)
	if err != nil {
		return 0, nil, err
	}
	return len(list), s.formats.Losses(want.Format, list), nil
}

// written gathers the items, and their files for the formats that have a place for them.
func (s *Service) written(ctx context.Context, contestID int64, want Exported, withFiles bool) ([]Written, error) {
	items := []Written{}
	if want.Sample {
		for _, c := range Samples() {
			items = append(items, Written{Content: c})
		}
		return items, nil
	}
	bankID, err := s.contests.BankOf(ctx, contestID)
	if err != nil {
		return nil, err
	}
	versions, err := s.All(ctx, bankID)
	if err != nil {
		return nil, err
	}
	total, topic := 0, ""
	if want.TopicID != 0 {
		rows, err := s.q.Topics(ctx, bankID)
		if err != nil {
			return nil, postgres.Fault(err)
		}
		i := slices.IndexFunc(rows, func(r bankdb.TopicsRow) bool { return r.ID == want.TopicID })
		if i < 0 {
			return nil, fault.NothingHere
		}
		topic = rows[i].Path
	}
	var given []Version
	for _, v := range versions {
		if topic != "" && v.Content.Topic != topic && !hasBranch(v.Content.Topic, topic) {
			continue
		}
		given = append(given, v)
		item := Written{Content: v.Content, Files: map[string]WrittenFile{}}
		if withFiles && slices.Contains([]Format{DOCX, Moodle, QTI21, QTI30}, want.Format) {
			for _, use := range v.Content.Files() {
				if want.Format == DOCX && use.Kind != "image" {
					continue
				}
				f, bytes, err := s.files.Read(ctx, use.FileID)
				if fault.IsKind(err, fault.NotFound) {
					continue
				}
				if err != nil {
					return nil, err
				}
				if total += len(bytes); total > maxExported {
					return nil, errExportTooLarge
				}
				item.Files[use.FileID] = WrittenFile{Data: bytes, Type: f.ContentType}
			}
		}
		items = append(items, item)
	}
	if !withFiles {
		return items, nil // only counted: nobody reads a key
	}
	return items, s.saw(ctx, s.q, contestID, SeenExport, given)
}

func hasBranch(topic, of string) bool {
	return len(topic) > len(of)+3 && topic[:len(of)+3] == of+" / "
}

// Samples are questions that show each type, with the fact and its source.
func Samples() []Content {
	options := func(texts ...string) []Option {
		list := make([]Option, 0, len(texts))
		for i, t := range texts {
			list = append(list, Option{ID: OptionID(i), Text: t})
		}
		return list
	}
	samples := []Content{
		{Type: Single, Stem: "Cơ quan nào là cơ quan hành chính nhà nước cao nhất của nước Cộng hòa xã hội chủ nghĩa Việt Nam?",
			Options: options("Quốc hội", "Chính phủ", "Bộ Nội vụ", "Chủ tịch nước"), Key: Key{Options: []string{"b"}},
			Explanation: "Chính phủ là cơ quan hành chính nhà nước cao nhất, thực hiện quyền hành pháp, là cơ quan chấp hành của Quốc hội.",
			Source:      Source{Act: "Hiến pháp năm 2013", Article: "Điều 94"}, Topic: "Bộ máy nhà nước", Difficulty: Recognition},
		{Type: Multiple, Stem: "Những quyền nào sau đây là quyền của công dân được Hiến pháp năm 2013 ghi nhận?",
			Options: options("Quyền tiếp cận thông tin", "Quyền khiếu nại, tố cáo", "Quyền không phải nộp thuế", "Quyền tự do kinh doanh"),
			Key:     Key{Options: []string{"a", "b", "d"}}, PartialCredit: RightMinusWrong,
			Explanation: "Nộp thuế theo luật định là nghĩa vụ của mọi người (Điều 47).",
			Source:      Source{Act: "Hiến pháp năm 2013", Article: "Điều 25, Điều 30, Điều 33"}, Topic: "Quyền công dân", Difficulty: Understanding},
		{Type: TrueFalse, Stem: "Công dân có quyền khiếu nại, tố cáo với cơ quan, tổ chức, cá nhân có thẩm quyền về những việc làm trái pháp luật.",
			Key: Key{Options: []string{OptionTrue}}, Source: Source{Act: "Hiến pháp năm 2013", Article: "Điều 30"}, Topic: "Quyền công dân", Difficulty: Recognition},
		{Type: ShortText, Stem: "Thủ đô của nước Cộng hòa xã hội chủ nghĩa Việt Nam là thành phố nào?",
			Key: Key{Texts: []string{"Hà Nội", "Thủ đô Hà Nội"}, IgnoreMarks: true}, Source: Source{Act: "Hiến pháp năm 2013", Article: "Điều 13"},
			Topic: "Bộ máy nhà nước", Difficulty: Recognition},
		{Type: Numeric, Stem: "Nhiệm kỳ của mỗi khóa Quốc hội là bao nhiêu năm?", Key: Key{Number: "5", Tolerance: "0"},
			Source: Source{Act: "Hiến pháp năm 2013", Article: "Điều 71"}, Topic: "Bộ máy nhà nước", Difficulty: Recognition},
	}
	for i := range samples {
		samples[i] = samples[i].Normalized()
	}
	return samples
}
