package bank

// A Reading is what a file was understood to say. It is shown to the organizer; nothing of it is in the bank yet.
type Reading struct {
	Format   string     `json:"format" enum:"xlsx,docx"`
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
	// Picture is the picture that stands with the question; it is kept apart from the text until it is stored.
	Picture *Picture `json:"-"`
}

// Place is where something stands in a file: rows of a sheet, or paragraphs of a document, counted from 1.
type Place struct {
	Unit  string `json:"unit" enum:"row,paragraph"`
	Sheet string `json:"sheet"`
	From  int    `json:"from"`
	To    int    `json:"to"`
}

// Picture is a picture found in a file.
type Picture struct {
	Data []byte
	Alt  string
}

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
