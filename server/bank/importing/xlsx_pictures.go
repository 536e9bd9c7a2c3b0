package importing

import (
	"maps"
	"slices"

	"github.com/xuri/excelize/v2"

	"github.com/hoithi/hoithi/server/bank"
)

// maxPictureCells bounds the work on a sheet that is full of pictures.
const maxPictureCells = 500

// cellPicture is a picture that stands in a cell, or has its corner there.
type cellPicture struct {
	data []byte
	alt  string
	more bool // others stand there too
}

// sheetPictures finds the pictures of a sheet; false: not all of them. What can't be read as a picture is said by the row
// that it stands in.
func sheetPictures(f *excelize.File, sheet string) (map[int]map[int]cellPicture, bool) {
	cells, err := f.GetPictureCells(sheet)
	if err != nil {
		return nil, true // a sheet without a drawing that can be read has none
	}
	whole := len(cells) <= maxPictureCells
	found := map[int]map[int]cellPicture{}
	for _, name := range cells[:min(len(cells), maxPictureCells)] {
		col, row, err := excelize.CellNameToCoordinates(name)
		if err != nil {
			continue
		}
		pictures, err := f.GetPictures(sheet, name)
		if err != nil || len(pictures) == 0 {
			continue
		}
		p := cellPicture{data: pictures[0].File, more: len(pictures) > 1}
		if format := pictures[0].Format; format != nil {
			p.alt = format.AltText
		}
		if found[row] == nil {
			found[row] = map[int]cellPicture{}
		}
		found[row][col-1] = p
	}
	return found, whole
}

// takePictures gives the pictures of a row to the options in whose cells they stand, any other one to the question.
func takePictures(item *bank.ReadItem, c *bank.Content, h header, pictures map[int]cellPicture) {
	if len(pictures) == 0 {
		return
	}
	b := &built{item: *item}
	places := map[int]**bank.Image{}
	for i := range c.Options {
		if col, there := h.options[i]; there {
			places[col] = &c.Options[i].Image
		}
	}
	for _, col := range slices.Sorted(maps.Keys(pictures)) {
		place, ofOption := places[col]
		if !ofOption {
			place = &c.Image
		}
		if *place != nil || pictures[col].more {
			b.tooMany()
		}
		if *place == nil {
			*place = b.picture(pictures[col].data, pictures[col].alt)
		}
	}
	*item = b.item
}
