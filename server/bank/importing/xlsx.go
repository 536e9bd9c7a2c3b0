package importing

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/export"
)

func readXlsx(data []byte) (reading bank.Reading, err error) {
	defer func() {
		// The spreadsheet library has met every kind of file but not every kind of attacker.
		if p := recover(); p != nil {
			reading, err = bank.Reading{}, errBroken.Because(fmt.Errorf("spreadsheet: %v", p))
		}
	}()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return bank.Reading{}, errBroken.Because(err)
	}
	if err := export.CheckSheets(archive, maxUnpacked); err != nil {
		return bank.Reading{}, errTooLarge.Because(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxPart, RawCellValue: true,
	})
	if err != nil {
		return bank.Reading{}, errBroken.Because(err)
	}
	defer f.Close() // it only removes what it has unpacked
	reading = bank.Reading{Format: bank.XLSX, Items: []bank.ReadItem{}, Problems: []bank.Problem{}}
	withoutLevel, sheets := 0, 0
	for _, sheet := range f.GetSheetList() {
		rows, err := sheetRows(f, sheet)
		if err != nil {
			return bank.Reading{}, err
		}
		h, ok := findHeader(rows)
		if !ok {
			continue
		}
		sheets++
		formats := &cellFormats{file: f, sheet: sheet, dates: map[int]bool{}}
		var whole bool
		if formats.pictures, whole = sheetPictures(f, sheet); !whole {
			reading.Problems = append(reading.Problems, problem(bank.Warning, "too_many_pictures", "",
				fmt.Sprintf("Trang tính \"%s\" có hơn %d ô chứa hình: chỉ %d ô đầu được đọc.", short(sheet), maxPictureCells, maxPictureCells),
				fmt.Sprintf("Sheet %q has more than %d cells with pictures: only the first %d were read.", short(sheet), maxPictureCells, maxPictureCells)))
		}
		for i := h.row; i < len(rows) && len(reading.Items) <= bank.MaxReadItems; i++ {
			if again := headerOf(rows[i]); again.usable() && again.weight() >= 3 {
				continue // the header is printed again on each page
			}
			item, levelKnown, isItem := rowItem(h, rows[i], i+1, sheet, formats)
			if !isItem {
				continue
			}
			if !levelKnown {
				withoutLevel++
			}
			reading.Items = append(reading.Items, item)
		}
	}
	switch {
	case sheets == 0:
		reading.Problems = append(reading.Problems, problem(bank.Error, "no_header", "",
			"Không tìm thấy hàng tiêu đề. Cần một hàng có cột \"Câu hỏi\", các cột \"A\", \"B\"… và cột \"Đáp án\".",
			"No header row was found. One row must name the columns \"Question\", \"A\", \"B\"... and \"Answer\"."))
	case len(reading.Items) == 0:
		reading.Problems = append(reading.Problems, problem(bank.Error, "nothing_found", "",
			"Dưới hàng tiêu đề không có câu hỏi nào.", "There is no question below the header."))
	}
	reading.Problems = append(reading.Problems, levelNote(withoutLevel, len(reading.Items))...)
	return reading, nil
}

// sheetRows reads a sheet row by row, up to the limits.
func sheetRows(f *excelize.File, sheet string) ([][]string, error) {
	rows, err := f.Rows(sheet)
	if err != nil {
		var missing excelize.ErrSheetNotExist
		if errors.As(err, &missing) {
			return nil, nil // a sheet of charts
		}
		return nil, errBroken.Because(err)
	}
	defer rows.Close() // it only reads
	var out [][]string
	for rows.Next() {
		if len(out) >= maxRows {
			break
		}
		columns, err := rows.Columns()
		if err != nil {
			return nil, errBroken.Because(err)
		}
		out = append(out, columns[:min(len(columns), 100)])
	}
	if err := rows.Error(); err != nil {
		return nil, errBroken.Because(err)
	}
	return out, nil
}

// cellFormats tells dates and percents from plain numbers: a sheet keeps them all as numbers.
type cellFormats struct {
	file  *excelize.File
	sheet string
	dates map[int]bool
	// pictures that stand in cells, by row from 1 and column from 0.
	pictures map[int]map[int]cellPicture
}

var reDateFormat = regexp.MustCompile(`(?i)[dmy]{1,4}[^\[\]]*[dmy]`)

// text is the value of a cell as the author sees it; the second result says that it was a date.
func (c *cellFormats) text(value string, row, col int) (string, bool) {
	value = strings.TrimSpace(value)
	number, err := strconv.ParseFloat(value, 64)
	if err != nil || value == "" {
		return value, false
	}
	name, err := excelize.CoordinatesToCellName(col+1, row)
	if err != nil {
		return value, false
	}
	switch kind, err := c.file.GetCellType(c.sheet, name); {
	case err == nil && kind == excelize.CellTypeBool:
		return map[bool]string{true: "Đúng", false: "Sai"}[number != 0], false
	case err == nil && (kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString):
		return value, false
	}
	id, err := c.file.GetCellStyle(c.sheet, name)
	if err != nil || id == 0 {
		return plainNumber(value, number), false
	}
	isDate, seen := c.dates[id]
	percent := false
	style, err := c.file.GetStyle(id)
	if err == nil && style != nil {
		percent = style.NumFmt == 9 || style.NumFmt == 10
		if !seen {
			isDate = (style.NumFmt >= 14 && style.NumFmt <= 17) || style.NumFmt == 22 ||
				(style.CustomNumFmt != nil && reDateFormat.MatchString(*style.CustomNumFmt))
			c.dates[id] = isDate
		}
	}
	switch {
	case isDate && number > 0 && number < 2958466:
		if t, err := excelize.ExcelDateToTime(number, false); err == nil {
			return t.Format("02/01/2006"), true
		}
	case percent:
		return strings.Replace(strconv.FormatFloat(number*100, 'f', -1, 64), ".", ",", 1) + "%", false
	}
	return plainNumber(value, number), false
}

// plainNumber writes 0.30000000000000004 and 1E+3 as people do: 0,3 and 1000.
func plainNumber(value string, number float64) string {
	if !strings.ContainsAny(value, ".eE") {
		return value
	}
	s := strconv.FormatFloat(number, 'f', -1, 64)
	if len(s) > 16 {
		s = strconv.FormatFloat(number, 'f', 10, 64)
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return strings.Replace(s, ".", ",", 1)
}

// rowItem reads one row under the header; a row without a question is none.
func rowItem(h header, row []string, number int, sheet string, formats *cellFormats) (bank.ReadItem, bool, bool) {
	dates := false
	at := func(col int, there bool) string {
		if !there {
			return ""
		}
		s, isDate := formats.text(cell(row, col), number, col)
		dates = dates || isDate
		return limited(s, 20000)
	}
	field := func(name column) string {
		col, there := h.fields[name]
		return at(col, there)
	}
	item := bank.ReadItem{Place: bank.Place{Unit: "row", Sheet: sheet, From: number, To: number}, Problems: []bank.Problem{}}
	c := bank.Content{Stem: field(colStem), Explanation: field(colExplanation), Topic: field(colTopic)}
	var texts []string
	last := -1
	for i := range bank.MaxOptions {
		col, there := h.options[i]
		text := at(col, there)
		texts = append(texts, text)
		if _, drawn := formats.pictures[number][col]; bank.CleanText(text) != "" || there && drawn {
			last = i
		}
	}
	if bank.CleanText(c.Stem) == "" && last < 0 {
		return item, true, false
	}
	if col, ok := h.fields[colNumber]; ok {
		if n := bank.CleanLine(cell(row, col)); n != "" {
			item.Label = "Câu " + strings.TrimPrefix(n, "Câu ")
		}
	}
	var shown []string
	for i, v := range row {
		if v = bank.CleanText(v); v != "" {
			if name, err := excelize.CoordinatesToCellName(i+1, number); err == nil {
				v = name + ": " + v
			}
			shown = append(shown, v)
		}
	}
	item.Original = limited(strings.Join(shown, "\n"), 6000)
	for i := 0; i <= last; i++ {
		c.Options = append(c.Options, bank.Option{ID: bank.OptionID(i), Text: stripLabel(texts[i], i)})
	}
	takePictures(&item, &c, h, formats.pictures[number])
	level, known := difficultyOf(field(colDifficulty))
	if text := field(colDifficulty); !known && text != "" {
		item.Problems = append(item.Problems, problem(bank.Warning, "difficulty_unknown", "difficulty",
			fmt.Sprintf("Không hiểu mức độ \"%s\": tạm xếp vào \"Thông hiểu\".", short(text)),
			fmt.Sprintf("The difficulty %q is unknown: it is put under \"Understanding\" for now.", short(text))))
		known = true
	}
	if c.Difficulty = level; level == "" {
		c.Difficulty = bank.Understanding
	}
	c.Source = sourceOf(field(colSource))
	if _, apart := h.fields[colArticle]; apart { // the author parts acts from articles himself
		c.Source = bank.Source{Act: field(colSource), Article: field(colArticle)}
	}
	if note := field(colNote); note != "" {
		c.Source.Note = note
	}
	for i := range bank.MaxTargets {
		col, there := h.targets[i]
		if text := at(col, there); bank.CleanText(text) != "" {
			c.Targets = append(c.Targets, bank.Option{ID: bank.TargetID(i), Text: text})
		}
	}
	answer := field(colAnswer)
	item.Problems = append(item.Problems, settleRow(&c, h, answer, field)...)
	if dates {
		item.Problems = append(item.Problems, problem(bank.Warning, "date_cell", "",
			"Có ô kiểu ngày tháng trong Excel: đã đọc theo dạng ngày/tháng/năm, hãy kiểm tra.",
			"Excel keeps a cell of this row as a date: it was read as day/month/year, check it."))
	}
	finish(&item, c)
	return item, known, true
}

// settleRow decides type and key of a row; a stated type beats what the columns suggest.
func settleRow(c *bank.Content, h header, answer string, field func(column) string) []bank.Problem {
	var problems []bank.Problem
	stated, known := typeOf(field(colType))
	if text := field(colType); text != "" && !known {
		problems = append(problems, problem(bank.Warning, "type_unknown", "type",
			fmt.Sprintf("Không hiểu loại câu hỏi \"%s\": loại được suy ra từ các cột.", short(text)),
			fmt.Sprintf("The type %q is unknown: it was inferred from the columns.", short(text))))
	}
	if known && !stated.ListsOptions() {
		c.Options = nil
	}
	if tolerance := field(colTolerance); tolerance != "" && len(c.Options) == 0 {
		answer += " ± " + tolerance
	}
	if !known && len(c.Options) == 0 && reBlankMark.MatchString(c.Stem) && reBlankMark.MatchString(answer) || stated == bank.ShortText && reBlankMark.MatchString(answer) && reBlankMark.MatchString(c.Stem) {
		stated = bank.FillIn
	}
	if _, list := truthList(answer, len(c.Options)); !known && list && len(c.Options) > 1 && strings.ContainsAny(answer, ",; ") {
		stated = bank.TrueFalseGroup
	}
	if !known && len(c.Targets) > 1 {
		stated = bank.Matching
	}
	if more, done := settleKind(c, stated, answer, nil); done {
		if rule, table := creditOf(field(colPartial)); rule != "" {
			c.PartialCredit, c.CreditTable = rule, table
		}
		c.Key.IgnoreMarks = yes(field(colIgnoreMarks))
		return append(append(problems, more...), pinnedBy(c, h, field)...)
	}
	problems = append(problems, settle(c, answer, nil, nil)...)
	c.Key.IgnoreMarks = yes(field(colIgnoreMarks))
	switch {
	case stated == bank.Multiple && c.Type == bank.Single:
		c.Type = bank.Multiple
	case stated == bank.Single && c.Type == bank.Multiple:
		problems = append(problems, problem(bank.Error, "key_conflict", "key.options",
			"Loại câu hỏi ghi một đáp án nhưng cột đáp án có nhiều chữ cái.",
			"The type says one answer, but the answer column has several letters."))
	}
	if rule, _ := creditOf(field(colPartial)); rule != "" && c.Type == bank.Multiple {
		c.PartialCredit = rule
	}
	return append(problems, pinnedBy(c, h, field)...)
}

// pinnedBy takes the column of options that keep their place.
func pinnedBy(c *bank.Content, h header, field func(column) string) []bank.Problem {
	if _, there := h.fields[colPinned]; there && c.Type.ListsOptions() {
		pinned, _ := lettersOf(field(colPinned), len(c.Options))
		for i := range c.Options {
			c.Options[i].Pinned = slices.Contains(pinned, i)
		}
	}
	return nil
}

var reOwnLabel = regexp.MustCompile(`^([A-Ha-h])\s*[.)]\s+`)

// stripLabel drops "A. " in the cell of option A.
func stripLabel(s string, i int) string {
	s = strings.TrimSpace(s)
	if m := reOwnLabel.FindStringSubmatch(s); m != nil && strings.ToLower(m[1]) == bank.OptionID(i) {
		return s[len(m[0]):]
	}
	return s
}
