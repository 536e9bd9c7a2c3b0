package privacy

import (
	"maps"
	"slices"
	"time"

	"github.com/hoithi/hoithi/server/mail"
	"github.com/hoithi/hoithi/server/roster"
)

// OwnView is all that is known of a person, for that person: on the page, and as the JSON that can be taken along.
type OwnView struct {
	ContestSlug   string `json:"contest_slug"`
	ContestName   string `json:"contest_name"`
	OrganizerName string `json:"organizer_name"`
	Number        string `json:"number" doc:"Empty until approved"`
	Kind          string `json:"kind" enum:"person,team"`
	Name          string `json:"name"`
	UnitName      string `json:"unit_name"`
	DivisionName  string `json:"division_name"`
	Phone         string `json:"phone"`
	Email         string `json:"email"`
	Login         string `json:"login" doc:"Of the account that the entry belongs to; empty: none"`
	// Registration and Entry say where the person stands.
	Registration string        `json:"registration" doc:"pending, waitlisted, approved, rejected, withdrawn; empty: entered by the organizers"`
	Entry        string        `json:"entry" doc:"active, withdrawn; empty: not approved yet"`
	Reason       string        `json:"reason" doc:"Of the organizers' decision"`
	CreatedAt    time.Time     `json:"created_at"`
	People       []PersonView  `json:"people"`
	Consents     []ConsentLine `json:"consents" doc:"Every answer that was ever given, oldest first"`
	Choices      []ChoiceView  `json:"choices" doc:"What can be agreed to or not, as worded now"`
	Requests     []RequestView `json:"requests"`
	Accesses     []Access      `json:"accesses" doc:"Who looked at or handled the data"`
	Letters      []mail.Line   `json:"letters"`
	Devices      []DeviceView  `json:"devices"`
	Results      []Result      `json:"results"`
	Terms        []TermView    `json:"terms"`
	Source       string        `json:"source" doc:"The law from which the terms are taken"`
	KeepMonths   int           `json:"keep_months" doc:"After the end of the contest"`
	KeepUntil    *time.Time    `json:"keep_until,omitempty"`
	Full         bool          `json:"full" doc:"Citizen numbers are shown in full"`
	Sensitive    bool          `json:"sensitive" doc:"There is something that is shown masked"`
	Erased       bool          `json:"erased"`
}

// PersonView is one person of an entry.
type PersonView struct {
	Name   string      `json:"name"`
	Role   string      `json:"role" enum:"captain,member,reserve"`
	Fields []FieldView `json:"fields"`
}

// FieldView is one thing that was told, in words.
type FieldView struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// ConsentLine is one answer.
type ConsentLine struct {
	Purpose       string        `json:"purpose"`
	Version       string        `json:"version"`
	Text          string        `json:"text" doc:"As it was worded then"`
	Given         bool          `json:"given"`
	At            time.Time     `json:"at"`
	Method        roster.Method `json:"method" enum:"form,own_page,leader,organizer"`
	Agent         string        `json:"agent"`
	Network       string        `json:"network"`
	Statement     string        `json:"statement"`
	GuardianName  string        `json:"guardian_name"`
	GuardianPhone string        `json:"guardian_phone"`
	InForce       bool          `json:"in_force" doc:"The newest answer to its purpose"`
}

// ChoiceView is an optional purpose with the answer that is in force.
type ChoiceView struct {
	Purpose string `json:"purpose"`
	Text    string `json:"text"`
	Given   bool   `json:"given"`
}

// RequestView is a request as its person sees it.
type RequestView struct {
	ID         int64      `json:"id"`
	Kind       Kind       `json:"kind" enum:"see,correct,withdraw,export,erase"`
	State      State      `json:"state" enum:"open,accepted,done,refused,cancelled"`
	Words      string     `json:"words"`
	Answer     string     `json:"answer"`
	AnswerDue  time.Time  `json:"answer_due"`
	DoneDue    time.Time  `json:"done_due"`
	CreatedAt  time.Time  `json:"created_at"`
	AnsweredAt *time.Time `json:"answered_at,omitempty"`
	DoneAt     *time.Time `json:"done_at,omitempty"`
	Overdue    bool       `json:"overdue"`
}

// DeviceView is a device that came in as the entry.
type DeviceView struct {
	Agent     string    `json:"agent"`
	FirstSeen time.Time `json:"first_seen"`
	LastSeen  time.Time `json:"last_seen"`
}

// TermView is the time within which a kind of request is met, in working days.
type TermView struct {
	Kind       Kind `json:"kind" enum:"see,correct,withdraw,export,erase"`
	AnswerDays int  `json:"answer_days"`
	DoneDays   int  `json:"done_days"`
}

func termViews() []TermView {
	views := make([]TermView, len(Terms))
	for i, t := range Terms {
		views[i] = TermView(t)
	}
	return views
}

func requestView(r Request) RequestView {
	return RequestView{ID: r.ID, Kind: r.Kind, State: r.State, Words: r.Words, Answer: r.Answer, AnswerDue: r.AnswerDue, DoneDue: r.DoneDue,
		CreatedAt: r.CreatedAt, AnsweredAt: r.AnsweredAt, DoneAt: r.DoneAt, Overdue: r.Overdue(time.Now())}
}

// view puts what is known into the reader's language. full shows citizen numbers as they are.
func (o Own) view(locale string, full bool) OwnView {
	v := OwnView{ContestSlug: o.Contest.Slug, ContestName: o.Contest.Name, OrganizerName: o.Contest.OrganizerName, Number: o.Number, Kind: string(o.Kind),
		Name: o.Name, UnitName: o.UnitName, Phone: o.Phone, Email: o.Email, Login: o.Login, Registration: string(o.Registration), Entry: string(o.EntryState),
		Reason: o.Reason, CreatedAt: o.CreatedAt, Accesses: o.Accesses, Letters: o.Letters, Results: o.Results, Terms: termViews(), Source: Source,
		KeepMonths: o.Months, KeepUntil: o.KeepUntil, Full: full, Erased: o.Erased}
	if len(o.Contest.Divisions) > 1 {
		for _, d := range o.Contest.Divisions {
			if d.ID == o.DivisionID {
				v.DivisionName = d.Name
			}
		}
	}
	for _, m := range o.Members {
		p := PersonView{Name: m.Name, Role: string(m.Role), Fields: []FieldView{}}
		for _, f := range o.Fields {
			value := m.Get(f.Key)
			if value == "" {
				continue
			}
			line := FieldView{Label: f.Label(locale), Value: f.Shown(value, locale)}
			if f.Type == roster.TypeCitizen {
				v.Sensitive = true
				if full {
					line.Value = value
				}
			}
			p.Fields = append(p.Fields, line)
		}
		for _, key := range slices.Sorted(maps.Keys(m.Own)) { // of a field that the contest no longer has
			if !slices.ContainsFunc(o.Fields, func(f roster.Field) bool { return f.Key == key }) {
				p.Fields = append(p.Fields, FieldView{Label: key, Value: m.Own[key]})
			}
		}
		v.People = append(v.People, p)
	}
	for _, c := range o.Consents {
		line := ConsentLine{Purpose: c.Purpose, Version: c.Version, Text: c.Vi, Given: c.Given, At: c.At, Method: c.Method, Agent: c.Agent,
			Network: c.Network, Statement: c.Statement, GuardianName: c.GuardianName, GuardianPhone: c.GuardianPhone, InForce: c.Newest}
		if locale == "en" {
			line.Text = c.En
		}
		v.Consents = append(v.Consents, line)
	}
	for _, p := range o.Purposes {
		if p.Required {
			continue
		}
		choice := ChoiceView{Purpose: p.Key, Text: p.Vi}
		if locale == "en" {
			choice.Text = p.En
		}
		for _, c := range o.Consents {
			if c.Purpose == p.Key && c.Newest {
				choice.Given = c.Given
			}
		}
		v.Choices = append(v.Choices, choice)
	}
	for _, r := range o.Requests {
		v.Requests = append(v.Requests, requestView(r))
	}
	for _, d := range o.Devices {
		v.Devices = append(v.Devices, DeviceView(d))
	}
	return v
}
