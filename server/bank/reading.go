package bank

// A Reading is what a file was understood to say. It is shown to the organizer; nothing of it is in the bank yet.
type Reading struct {
	Format   Format     `json:"format" enum:"xlsx,docx,text,gift,aiken,moodle,qti"`
	Items    []ReadItem `json:"items"`
	Problems []Problem  `json:"problems" doc:"What concerns the file as a whole"`
}

// ReadItem is one question of a file, where it stands, and what is doubtful about it.
type ReadItem struct {
	Row      int       `json:"row" doc:"Its number in this reading, from 1"`
	Place    Place     `json:"place"`
	Label    string    `json:"label" doc:"What the file calls it ('Câu 12'); may be empty"`
	Original string    `json:"original" doc:"The text as it stands in the file"`
	Content  Content   `json:"content"`
	Problems []Problem `json:"problems"`
	// Files are what the question shows and plays, by the FileID under which the content names them until they are stored.
	Files map[string]Found `json:"-"`
}

// Place is where something stands in a file: rows of a sheet, paragraphs of a document or lines of a text, counted
// from 1; Sheet names the sheet, or the part of a package.
type Place struct {
	Unit  string `json:"unit" enum:"row,paragraph,line"`
	Sheet string `json:"sheet"`
	From  int    `json:"from"`
	To    int    `json:"to"`
}

// Found is a picture, sound or film found in a file.
type Found struct{ Data []byte }

// Format is a kind of file that questions come in and go out as.
type Format string

// The formats. Text is only read: a paper typed without any program for documents.
const (
	XLSX   Format = "xlsx"
	DOCX   Format = "docx"
	Text   Format = "text"
	GIFT   Format = "gift"
	Aiken  Format = "aiken"
	Moodle Format = "moodle"
	QTI    Format = "qti"   // read in both versions
	QTI21  Format = "qti21" // written
	QTI30  Format = "qti30"
)

// Severity tells whether an item can be taken as it is.
type Severity string

// An item with an Error can't be confirmed before it is mended; a Warning asks for a look.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Problem says what is wrong or doubtful, in words for people.
type Problem struct {
	Severity Severity `json:"severity" enum:"error,warning"`
	Code     string   `json:"code"`
	Path     string   `json:"path" doc:"The field of the content it is about; empty: the whole item"`
	Vi       string   `json:"vi"`
	En       string   `json:"en"`
}

// HasError tells whether one of the problems is an Error.
func HasError(problems []Problem) bool {
	for _, p := range problems {
		if p.Severity == Error {
			return true
		}
	}
	return false
}

// The limits of a file that is read in.
const (
	MaxFileSize  = 20 << 20
	MaxReadItems = 2000
)
