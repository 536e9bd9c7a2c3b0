package export

import "time"

// Official is a document in the form of Vietnamese administrative papers, to be signed in ink: the issuer beside the
// national motto, a title, numbered blocks, and a place for each signature. WriteOfficialPDF and WriteOfficialDOCX print
// the same words: what stands in one stands in the other.
type Official struct {
	// Superior is who stands above the issuer; may be empty.
	Superior string
	Issuer   string
	// Where is the line of place and date: "Thanh Hóa, ngày 23 tháng 11 năm 2026".
	Where string
	Title string // BIÊN BẢN
	About string
	// Standing is printed under the title where the paper is not final: "Bản tạm, chưa chốt". Empty: final.
	Standing string
	Blocks   []Block
	// Signers sign below the text, before the annexes: the first block on a page of its own and what follows it.
	Signers []Signer
	// Seal is printed at the foot of each page; empty: none.
	Seal string
	// Wide turns the pages: a table with many columns.
	Wide bool
	Made time.Time
}

// Block is a heading, a paragraph or a table.
type Block struct {
	Heading string
	Text    string
	Table   *OfficialTable
	// NewPage begins this block on a new page: an annex.
	NewPage bool
}

// OfficialTable is a ruled table.
type OfficialTable struct {
	Columns []OfficialColumn
	Rows    [][]OfficialCell
}

// OfficialColumn has a width relative to those of the other columns.
type OfficialColumn struct {
	Title string
	Width float64
	// Right: numbers stand below each other.
	Right bool
	// Groups: an empty cell belongs to the one above it, and a page that begins within a group repeats its name.
	Groups bool
}

// OfficialCell is a cell; Struck is printed through: a sheet that does not count.
type OfficialCell struct {
	Text   string
	Note   string // small, below the text
	Bold   bool
	Struck bool
}

// annexes is where the annexes begin among the blocks.
func (d Official) annexes() int {
	for i, b := range d.Blocks {
		if b.NewPage {
			return i
		}
	}
	return len(d.Blocks)
}

// Signer is a place for a signature in ink.
type Signer struct {
	Role string
	Name string
}

const (
	nation = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
	motto  = "Độc lập - Tự do - Hạnh phúc"
	toSign = "(Ký, ghi rõ họ tên)"
	sealed = "Mã niêm phong: "
)

// OfficialDate writes a day as such papers do.
func OfficialDate(at time.Time) string {
	return "ngày " + two(at.Day()) + " tháng " + two(int(at.Month())) + " năm " + number(at.Year())
}

func two(n int) string {
	if n < 10 {
		return "0" + number(n)
	}
	return number(n)
}
