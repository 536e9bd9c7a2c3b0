package bank

import (
	"context"

	"github.com/hoithi/hoithi/server/fault"
)

// Export writes the items in use of a contest's bank as a file, or a sample of how to write one.
func (s *Service) Export(ctx context.Context, contestID int64, format, locale string, sample bool) (name string, data []byte, err error) {
	title, stem := "Ngân hàng câu hỏi", "cau-hoi"
	if locale == "en" {
		title, stem = "Question bank", "questions"
	}
	var items []Written
	if sample {
		for _, c := range Samples() {
			items = append(items, Written{Content: c})
		}
		stem = map[string]string{"en": "sample-questions"}[locale]
		if stem == "" {
			stem = "cau-hoi-mau"
		}
	} else {
		bankID, err := s.contests.BankOf(ctx, contestID)
		if err != nil {
			return "", nil, err
		}
		versions, err := s.All(ctx, bankID)
		if err != nil {
			return "", nil, err
		}
		for _, v := range versions {
			item := Written{Content: v.Content}
			if image := v.Content.Image; image != nil && format == "docx" {
				f, bytes, err := s.files.Read(ctx, image.FileID)
				if err != nil && !fault.IsKind(err, fault.NotFound) {
					return "", nil, err
				}
				item.Picture, item.PictureType = bytes, f.ContentType
			}
			items = append(items, item)
		}
	}
	if format == "docx" {
		data, err = s.formats.WriteDOCX(title, items, locale)
	} else {
		data, err = s.formats.WriteXLSX(items, locale)
	}
	return stem + "." + format, data, err
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
