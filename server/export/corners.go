package export

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// A few bytes of a sheet can claim cells at its far corner, or ranges over all of it. Whoever reads a workbook makes a
// table of what is claimed, and compares every range with every other: so the claims are counted before it is read.
const (
	maxClaimed = 1_000_000 // cells, each row counted up to its last one
	maxMerged  = 20_000    // ranges of one sheet
)

// merged is a range of cells that show the value of its first.
type merged struct{ left, top, bottom int }

// CheckSheets refuses a workbook whose sheets claim more than any list has. It unpacks at most so many bytes of a part.
func CheckSheets(archive *zip.Reader, most int64) error {
	_, err := sheetRanges(archive, most)
	return err
}

// sheetRanges reads the merged ranges of each part.
func sheetRanges(archive *zip.Reader, most int64) (map[string][]merged, error) {
	ranges := map[string][]merged{}
	claimed := 0
	for _, part := range archive.File {
		found, err := partRanges(part, most, &claimed)
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			ranges[strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(part.Name, "\\", "/")), "/")] = found
		}
	}
	return ranges, nil
}

func partRanges(part *zip.File, most int64, claimed *int) ([]merged, error) {
	file, err := part.Open()
	if err != nil {
		return nil, notAWorkbook.Because(err)
	}
	defer func() { _ = file.Close() }() // it only reads
	in := bufio.NewReaderSize(io.LimitReader(file, most+1), 64<<10)
	if head, err := in.Peek(4); err != nil || !slices.Contains([]string{"<", "\xef", "\xfe", "\xff", " ", "\n", "\r", "\t"}, string(head[:1])) {
		return nil, nil // a picture, or nothing
	}
	foreign := false
	d := xml.NewDecoder(in)
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) {
		foreign = true
		return nil, errors.New("another encoding than UTF-8")
	}
	var found []merged
	row, column, width := 0, 0, 0
	for {
		token, err := d.RawToken()
		if foreign {
			return nil, notAWorkbook.Because(err)
		}
		if err != nil {
			return found, nil // the end; or no XML, which the reader will say where it matters
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "row":
			row, column, width = row+1, 0, 0
		case "c":
			if column++; column > excelize.MaxColumns {
				return nil, workbookTooLarge
			}
			if at, _, err := excelize.CellNameToCoordinates(attr(start, "r")); err == nil {
				column = at
			}
			if column > width {
				*claimed += column - width
				width = column
			}
		case "mergeCell":
			if m, ok := rangeOf(attr(start, "ref")); ok {
				found = append(found, m)
			}
		}
		if *claimed > maxClaimed || row > excelize.TotalRows || len(found) > maxMerged {
			return nil, workbookTooLarge
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func rangeOf(ref string) (merged, bool) {
	first, last, ok := strings.Cut(ref, ":")
	left, top, err := excelize.CellNameToCoordinates(first)
	if err != nil || !ok {
		return merged{}, false
	}
	_, bottom, err := excelize.CellNameToCoordinates(last)
	return merged{left, top, bottom}, err == nil
}

// sheetParts says which part each sheet is kept in.
func sheetParts(archive *zip.Reader, f *excelize.File) map[string]string {
	parts := map[string]string{}
	file, err := archive.Open("xl/_rels/workbook.xml.rels")
	if err != nil || f.WorkBook == nil {
		return parts
	}
	defer func() { _ = file.Close() }() // it only reads
	var relations struct {
		Each []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := xml.NewDecoder(io.LimitReader(file, 1<<20)).Decode(&relations); err != nil {
		return parts
	}
	for _, sheet := range f.WorkBook.Sheets.Sheet {
		for _, r := range relations.Each {
			if r.ID != sheet.ID {
				continue
			}
			if strings.HasPrefix(r.Target, "/") {
				parts[sheet.Name] = strings.TrimPrefix(path.Clean(r.Target), "/")
			} else {
				parts[sheet.Name] = path.Join("xl", r.Target)
			}
		}
	}
	return parts
}

// repeatMerged copies the value of cells that are merged downwards into every row they cover: units like to merge the
// name of the unit over its people.
func repeatMerged(rows []Row, ranges []merged, maxColumns int) {
	at := func(number int) (int, bool) {
		return slices.BinarySearchFunc(rows, number, func(r Row, n int) int { return r.Number - n })
	}
	for _, m := range ranges {
		if m.left > maxColumns {
			continue
		}
		value := ""
		if i, ok := at(m.top); ok {
			value = rows[i].Cell(m.left - 1)
		}
		for i, _ := at(m.top + 1); i < len(rows) && rows[i].Number <= m.bottom; i++ {
			for len(rows[i].Cells) < m.left {
				rows[i].Cells = append(rows[i].Cells, "")
			}
			rows[i].Cells[m.left-1] = value
		}
	}
}
