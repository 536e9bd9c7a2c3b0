// Package ceremony tells a final result step by step, from the bottom up, by the host's key.
//
// It must never send anybody but the hosts more than the steps that were made have told: View is the only thing that
// leaves this room for the public, and it is made from those steps alone. It never changes a result; its end makes the
// result public, and a rehearsal shows made-up names only and leaves nothing behind.
package ceremony

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/roster"
)

// State is where a ceremony stands.
type State string

const (
	Off     State = "off"
	Running State = "running"
	Paused  State = "paused" // the picture stays, and keys do nothing until it goes on
	Over    State = "over"   // everything has been told
)

// Cue is what the host does next.
type Cue string

// Cues.
const (
	CueNext   Cue = "next"
	CueBack   Cue = "back"
	CueJump   Cue = "jump" // to a step that was looked at before
	CuePause  Cue = "pause"
	CueResume Cue = "resume"
	CueBlack  Cue = "black"
	CueLight  Cue = "light"
	CueFinish Cue = "finish" // tells everything that is left: the whole result is public
	CueStop   Cue = "stop"   // ends without telling; of a rehearsal, leaves nothing
)

// Rest says what happens to those who receive no award.
type Rest string

const (
	RestPages Rest = "pages" // told a few at a time
	RestSkip  Rest = "skip"  // left to the results page
)

// Settings of a contest's ceremony.
type Settings struct {
	Title       string   `json:"title" maxLength:"120" doc:"Over the opening picture; empty: the usual words"`
	Slow        int      `json:"slow" minimum:"0" maximum:"10" doc:"So many of the best places are told one thing at a time: the place, the name, the points"`
	Rest        Rest     `json:"rest" enum:"pages,skip" doc:"Of those without an award"`
	Cut         int      `json:"cut,omitzero" minimum:"0" maximum:"500" doc:"A line after so many places of each division; 0: where the plan's last cut ran, if it has one"`
	CutOff      bool     `json:"cut_off,omitzero" doc:"No line, also where the plan has a cut"`
	CutLabel    string   `json:"cut_label,omitempty" maxLength:"80" doc:"What is above the line"`
	MarksRound  int64    `json:"marks_round,omitzero" minimum:"0" doc:"Of this judged round the sheets of the slow places are opened, those that were dropped struck out; 0: none"`
	MarksAgreed bool     `json:"marks_agreed,omitzero" doc:"The panel has agreed to it"`
	Backdrop    string   `json:"backdrop,omitempty" pattern:"^([0-9a-f]{32})?$" doc:"A file; empty: ours"`
	Logos       []string `json:"logos,omitempty" maxItems:"6" doc:"Files, in their order"`
}

// DefaultSettings are those of a contest that has set nothing.
func DefaultSettings() Settings { return Settings{Slow: 3, Rest: RestPages} }

var badSettings = fault.New(fault.Invalid, "invalid_ceremony",
	"Cài đặt lễ công bố chưa đúng nên chưa lưu. Hãy xem các ô được đánh dấu.",
	"The ceremony's settings are not right, so they were not saved. Look at the marked fields.")

// check puts words into their stored form and finds what is wrong.
func (s *Settings) check() error {
	f := badSettings
	s.Title, s.CutLabel = clean(s.Title), clean(s.CutLabel)
	if s.CutOff {
		s.Cut = 0
	}
	if s.Cut == 0 {
		s.CutLabel = ""
	} else if s.CutLabel == "" {
		f = f.At("cut_label", "Vạch cần một dòng chữ, chẳng hạn “10 đội vào chung kết”.", "The line needs words, such as \"10 teams go on\".")
	}
	if s.MarksRound != 0 && !s.MarksAgreed {
		f = f.At("marks_agreed", "Chỉ mở phiếu chấm trước khán giả khi Ban Giám khảo đã đồng ý.", "Sheets are opened before the audience only when the panel has agreed.")
	}
	if s.MarksRound == 0 {
		s.MarksAgreed = false
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	return norm.NFC.String(strings.Join(strings.Fields(s), " "))
}

// StepKind is what a step tells.
type StepKind string

// Kinds of steps. Of a place that is told slowly there are place, name, marks, strike and points; of others row.
const (
	StepOpening   StepKind = "opening"
	StepPrize     StepKind = "prize"      // a side prize by its name
	StepPrizeName StepKind = "prize_name" // who receives it
	StepUnit      StepKind = "unit"       // a collective award by its name
	StepUnitName  StepKind = "unit_name"
	StepDivision  StepKind = "division"
	StepRest      StepKind = "rest" // several rows at once
	StepCut       StepKind = "cut"
	StepAward     StepKind = "award" // an award by its name, or that it is not given
	StepPlace     StepKind = "place"
	StepName      StepKind = "name"
	StepMarks     StepKind = "marks"
	StepStrike    StepKind = "strike"
	StepPoints    StepKind = "points"
	StepRow       StepKind = "row" // name and points at once
	StepSummary   StepKind = "summary"
	StepSeal      StepKind = "seal"
	StepClosing   StepKind = "closing"
)

// Script is a whole ceremony, step by step. It is fixed when the ceremony begins, and secret.
type Script struct {
	Contest   string `json:"contest"`
	Organizer string `json:"organizer"`
	Title     string `json:"title,omitempty"`
	Seal      string `json:"seal"`
	Revision  int    `json:"revision"`
	Rehearsal bool   `json:"rehearsal,omitzero"`
	Teams     bool   `json:"teams,omitzero"`
	Steps     []Step `json:"steps"`
}

// Step is one key press.
type Step struct {
	Kind     StepKind `json:"kind"`
	Division string   `json:"division,omitempty"`
	Award    string   `json:"award,omitempty"`
	Prize    string   `json:"prize,omitempty"`
	Place    int      `json:"place,omitzero"`
	Count    int      `json:"count,omitzero"`
	Withheld int      `json:"withheld,omitzero"`
	Note     string   `json:"note,omitempty"`
	Rows     []Row    `json:"rows,omitempty"`
	Sheets   []Sheets `json:"sheets,omitempty"`
}

// Row is an entry, a unit or a person as it is told. Points are told after the name.
type Row struct {
	EntryID int64  `json:"entry_id,omitzero"`
	Number  string `json:"number,omitempty"`
	Name    string `json:"name"`
	Unit    string `json:"unit,omitempty"`
	Place   int    `json:"place,omitzero"`
	Tied    bool   `json:"tied,omitzero"`
	Award   string `json:"award,omitempty"`
	Total   *int64 `json:"total,omitempty" doc:"Hundredths of a point; missing: not told yet"`
	Entries int64  `json:"entries,omitzero" doc:"Of a unit that is ranked by them: entries with a score"`
}

// Sheets are the marks of an entry in one round: one total a judge.
type Sheets struct {
	EntryID int64   `json:"entry_id"`
	Round   string  `json:"round"`
	Sheets  []Sheet `json:"sheets"`
	Score   *int64  `json:"score,omitempty" doc:"Hundredths of a point; missing: not told yet"`
}

// Sheet is what one judge gave in all. No judge is named.
type Sheet struct {
	Seat    int   `json:"seat" doc:"GK1, GK2, ..."`
	Total   int64 `json:"total"`
	Dropped bool  `json:"dropped,omitzero" doc:"Struck out: it does not count"`
}

// View is what everybody may know of a ceremony now: what the steps that were made have told. It has no field for
// anything else.
type View struct {
	State     State    `json:"state" enum:"off,running,paused,over"`
	Rehearsal bool     `json:"rehearsal" doc:"Made-up names and points: to be marked on every picture"`
	Black     bool     `json:"black"`
	Teams     bool     `json:"teams" doc:"Teams are told; else persons"`
	Contest   string   `json:"contest"`
	Organizer string   `json:"organizer"`
	Title     string   `json:"title"`
	Backdrop  string   `json:"backdrop" doc:"A file; empty: the usual one"`
	Logos     []string `json:"logos"`
	Scene     *Scene   `json:"scene,omitempty" doc:"What the last step has told; missing before the first"`
	Board     *Board   `json:"board,omitempty" doc:"The division that is being told"`
	Told      []Row    `json:"told" doc:"All entries with their points that have been told so far, the last one first; at most 500"`
	Prizes    []Row    `json:"prizes" doc:"Side prizes and collective awards that have been told"`
	Seal      string   `json:"seal,omitempty" doc:"Mã niêm phong, once it has been shown"`
	Revision  int      `json:"revision,omitzero" doc:"Of the result that the seal belongs to"`
}

// Scene is the picture in the middle.
type Scene struct {
	Kind     StepKind `json:"kind" enum:"opening,prize,prize_name,unit,unit_name,division,rest,cut,award,place,name,marks,strike,points,row,summary,seal,closing"`
	Division string   `json:"division,omitempty"`
	Award    string   `json:"award,omitempty"`
	Prize    string   `json:"prize,omitempty"`
	Place    int      `json:"place,omitzero"`
	Count    int      `json:"count,omitzero" doc:"How many share it, or are told"`
	Withheld int      `json:"withheld,omitzero" doc:"So many of this award are not given"`
	Note     string   `json:"note,omitempty" doc:"Why not; what is above the line"`
	Rows     []Row    `json:"rows,omitempty"`
	Sheets   []Sheets `json:"sheets,omitempty"`
}

// Board is a division as far as it has been told.
type Board struct {
	Division string `json:"division"`
	Count    int    `json:"count" doc:"Rows that it will have in all"`
	Cut      int    `json:"cut,omitzero" doc:"The line stands after this place; 0: it has not been shown"`
	CutLabel string `json:"cut_label,omitempty"`
	Rows     []Row  `json:"rows" doc:"Best first; the places above the first one have not been told"`
}

// Shown is what the first steps of a script tell: a pure function, so that every node and every restart shows the same.
func (s Script) Shown(position int) View {
	v := View{State: Running, Rehearsal: s.Rehearsal, Teams: s.Teams, Contest: s.Contest, Organizer: s.Organizer, Title: s.Title, Logos: []string{}, Told: []Row{}, Prizes: []Row{}}
	for _, step := range s.Steps[:max(0, min(position, len(s.Steps)))] {
		v.tell(s, step)
	}
	slices.Reverse(v.Told)
	v.Told = v.Told[:min(len(v.Told), 500)]
	return v
}

func (v *View) tell(s Script, step Step) {
	scene := Scene(step)
	v.Scene = &scene
	switch step.Kind {
	case StepDivision:
		v.Board = &Board{Division: step.Division, Count: step.Count, Rows: []Row{}}
		scene.Rows = nil
	case StepRest, StepRow, StepPoints:
		if v.Board != nil {
			v.Board.Rows = slices.Concat(step.Rows, v.Board.Rows)
		}
		told := slices.Clone(step.Rows)
		slices.Reverse(told)
		v.Told = append(v.Told, told...)
	case StepCut:
		if v.Board != nil {
			v.Board.Cut, v.Board.CutLabel = step.Place, step.Note
		}
	case StepPrizeName, StepUnitName:
		for _, r := range step.Rows {
			r.Award = step.Award
			v.Prizes = append(v.Prizes, r)
		}
	case StepSeal:
		v.Seal, v.Revision = s.Seal, s.Revision
		v.Board = nil
	case StepClosing:
		v.Board = nil
	}
}

// mask hides the names of those who do not want theirs published.
func (v *View) mask(masks map[int64]roster.Mask) {
	if len(masks) == 0 {
		return
	}
	hide := func(rows []Row, prizes bool) []Row {
		rows = slices.Clone(rows)
		for i, r := range rows {
			if m, ok := masks[r.EntryID]; ok {
				rows[i].Name = m.Name
				if prizes {
					rows[i].Unit = "" // beneath a person stands the entry
				}
			}
		}
		return rows
	}
	v.Told, v.Prizes = hide(v.Told, false), hide(v.Prizes, true)
	if v.Board != nil {
		v.Board.Rows = hide(v.Board.Rows, false)
	}
	if v.Scene != nil {
		v.Scene.Rows = hide(v.Scene.Rows, v.Scene.Kind == StepPrizeName)
	}
}

// forget takes an erased entry's name out of a script.
func (s *Script) forget(entryID int64, name string) (changed bool) {
	for i := range s.Steps {
		for j := range s.Steps[i].Rows {
			if r := &s.Steps[i].Rows[j]; r.EntryID == entryID && r.Name != name {
				if s.Steps[i].Kind == StepPrizeName {
					r.Unit = ""
				}
				r.Name, changed = name, true
			}
		}
	}
	return changed
}
