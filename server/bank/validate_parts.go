package bank

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hoithi/hoithi/server/scoring"
)

// list checks options, targets or the choices of a blank.
func (v *checker) list(path string, list []Option, lettered bool, least, most int) {
	if len(list) < least || len(list) > most {
		v.at(path, fmt.Sprintf("Cần từ %d đến %d phương án.", least, most), fmt.Sprintf("Give %d to %d options.", least, most))
	}
	seen := map[string]int{}
	for i, o := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		if lettered && o.ID != OptionID(i) {
			v.at(at+".id", "Mã phương án phải theo thứ tự a, b, c…", "Option ids must run a, b, c...")
		}
		v.image(at+".image", o.Image)
		v.length(at+".text", o.Text, MaxOption)
		if o.Text == "" {
			if o.Image == nil {
				v.at(at+".text", "Phương án còn trống.", "This option is empty.")
			} else if o.Image.Alt == "" {
				v.at(at+".image.alt", "Phương án chỉ có hình: hãy ghi hình cho thấy gì.",
					"This option is only a picture: say what it shows.")
			}
			continue
		}
		folded := strings.ToLower(o.Text)
		if first, twice := seen[folded]; twice {
			v.at(at+".text", fmt.Sprintf("Trùng với phương án %s.", strings.ToUpper(list[first].ID)),
				fmt.Sprintf("The same as option %s.", strings.ToUpper(list[first].ID)))
		} else {
			seen[folded] = i
		}
	}
}

func idsOf(list []Option) []string {
	ids := make([]string, 0, len(list))
	for _, o := range list {
		ids = append(ids, o.ID)
	}
	return ids
}

func (v *checker) among(path string, chosen, ids []string) {
	for _, id := range chosen {
		if !slices.Contains(ids, id) {
			v.at(path, "Đáp án không nằm trong các phương án.", "The right answer is not among the options.")
			return
		}
	}
}

func (v *checker) chosen(n Content) {
	switch {
	case len(n.Key.Options) == 0:
		v.at("key.options", "Chưa chọn đáp án đúng.", "No right option is chosen.")
	case len(n.Key.Options) > 1 && n.Type != Multiple:
		v.at("key.options", "Loại câu hỏi này chỉ có một đáp án đúng.", "This type of question has one right option.")
	}
	v.among("key.options", n.Key.Options, idsOf(n.Options))
}

func (v *checker) group(n Content) {
	v.list("options", n.Options, true, MinOptions, MaxOptions)
	v.among("key.options", n.Key.Options, idsOf(n.Options))
	if len(n.Options) > 0 && scoring.CheckTable(n.CreditTable, len(n.Options)) != nil {
		v.at("credit_table", "Bảng điểm phải tăng dần (từ 0 %), và đúng hết thì được 100 %.",
			"The table must rise (from 0 %), and all right must be worth 100 %.")
	}
}

func (v *checker) order(n Content) {
	v.list("options", n.Options, true, MinOptions, MaxOptions)
	sorted := slices.Sorted(slices.Values(n.Key.Order))
	if !slices.Equal(sorted, idsOf(n.Options)) {
		v.at("key.order", "Thứ tự đúng phải có đủ các mục, mỗi mục một lần.", "The right order needs every line once.")
	}
}

func (v *checker) matching(n Content) {
	v.list("options", n.Options, true, MinOptions, MaxOptions)
	v.list("targets", n.Targets, false, MinOptions, MaxTargets)
	targets := idsOf(n.Targets)
	given := make([]string, 0, len(n.Key.Pairs))
	for _, p := range n.Key.Pairs {
		given = append(given, p.Option)
		if !slices.Contains(targets, p.Target) {
			v.at("key.pairs", "Có mục được ghép với ô bên phải không tồn tại.", "A line is matched with something that is not on the right.")
			return
		}
	}
	if !slices.Equal(given, idsOf(n.Options)) {
		v.at("key.pairs", "Mỗi mục bên trái phải được ghép với đúng một mục bên phải.",
			"Each line on the left must be matched with exactly one on the right.")
	}
}

func (v *checker) blanks(n Content) {
	marks := blankMark.FindAllStringSubmatch(n.Stem, -1)
	switch {
	case len(marks) == 0:
		v.at("stem", "Câu điền khuyết cần ít nhất một chỗ trống.", "A fill-in question needs at least one blank.")
	case len(n.Blanks) > MaxBlanks || len(marks) > MaxBlanks:
		v.at("blanks", fmt.Sprintf("Nhiều nhất %d chỗ trống.", MaxBlanks), fmt.Sprintf("At most %d blanks.", MaxBlanks))
	}
	for i, m := range marks {
		if slices.ContainsFunc(marks[:i], func(o []string) bool { return o[1] == m[1] }) {
			v.at("stem", fmt.Sprintf("Chỗ trống %s có mặt hai lần.", m[1]), fmt.Sprintf("Blank %s stands in the text twice.", m[1]))
		} else if !slices.ContainsFunc(n.Blanks, func(b Blank) bool { return b.ID == m[1] }) {
			v.at("stem", fmt.Sprintf("Chỗ trống %s chưa có đáp án.", m[1]), fmt.Sprintf("Blank %s has no answer.", m[1]))
		}
	}
	for i, b := range n.Blanks {
		path, key := fmt.Sprintf("blanks[%d]", i), n.Key.Blanks[i]
		if !slices.ContainsFunc(marks, func(m []string) bool { return m[1] == b.ID }) {
			v.at(path, fmt.Sprintf("Chỗ trống %s không có trong câu.", b.ID), fmt.Sprintf("Blank %s does not stand in the text.", b.ID))
		}
		at := "key." + path
		switch b.Type {
		case Single:
			v.list(path+".options", b.Options, true, MinOptions, MaxOptions)
			if key.Option == "" {
				v.at(at+".option", "Chưa chọn đáp án đúng.", "No right option is chosen.")
			} else {
				v.among(at+".option", []string{key.Option}, idsOf(b.Options))
			}
		case ShortText:
			v.texts(at+".texts", key.Texts, MaxBlankKey)
		case Numeric:
			v.number(at+".", key.Number, key.Tolerance)
		default:
			v.at(path+".type", "Chọn cách điền: gõ chữ, gõ số hoặc chọn từ danh sách.", "Choose how it is filled: text, a number, or a list.")
		}
	}
}

func (v *checker) texts(path string, texts []string, most int) {
	switch {
	case len(texts) == 0:
		v.at(path, "Chưa có đáp án được chấp nhận.", "There is no accepted answer.")
	case len(texts) > MaxKeyTexts:
		v.at(path, fmt.Sprintf("Nhiều nhất %d đáp án.", MaxKeyTexts), fmt.Sprintf("At most %d answers.", MaxKeyTexts))
	}
	for i, t := range texts {
		at := fmt.Sprintf("%s[%d]", path, i)
		v.length(at, t, most)
		if SearchKey(t) == "" || scoring.Fold(t, scoring.DiacriticsIgnored) == "" {
			v.at(at, "Đáp án phải có chữ hoặc số.", "An answer needs letters or digits.")
		}
	}
}

func (v *checker) number(prefix, number, tolerance string) {
	// The rules count in millionths: what they can't hold must not become a key.
	if _, err := scoring.ParseDecimal(number); err != nil {
		v.at(prefix+"number", "Đáp án phải là một số có nhiều nhất 6 chữ số thập phân, ví dụ 7,5.",
			"The answer must be a number with at most 6 decimals, such as 7.5.")
	}
	if t, err := scoring.ParseDecimal(tolerance); err != nil || t < 0 {
		v.at(prefix+"tolerance", "Sai số phải là một số từ 0 trở lên.", "The tolerance must be a number from 0 up.")
	}
}
