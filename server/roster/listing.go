package roster

import (
	"bytes"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/postgres"
)

// listedAtOnce is how many entries a written list reads at a time.
const listedAtOnce = 2_000

// List writes a contest's entries as .xlsx: a row a person, a row a team's member. Codes are never in it, personal data
// only what is named: keys of fields that the contest asks for, and phone and e-mail of the contact. Which of them were
// written goes on record.
func (s *Service) List(ctx context.Context, contestID int64, locale string, personal []string) ([]byte, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return nil, err
	}
	rules, err := s.rulesOf(ctx, s.q, c)
	if err != nil {
		return nil, err
	}
	l := listing{words: listWordsFor(locale), locale: locale, team: c.EntryKind == contest.TeamEntry, divisions: map[int64]string{}}
	for _, d := range c.Divisions {
		l.divisions[d.ID] = d.Name
	}
	l.choose(rules, personal)
	rows := 0
	sheet := export.Sheet{Name: l.words.sheet, Columns: l.columns(), Each: func(row func([]any) error) error {
		for after, more := int64(0), true; more; more = after != 0 {
			var entries []Listed
			var err error
			if entries, after, err = s.entriesAfter(ctx, s.q, contestID, Filter{After: after}, listedAtOnce); err != nil {
				return err
			}
			if err := s.withMembers(ctx, entries); err != nil {
				return err
			}
			for _, e := range entries {
				for _, cells := range l.rows(e) {
					rows++
					if err := row(cells); err != nil {
						return err
					}
				}
			}
		}
		return nil
	}}
	var b bytes.Buffer
	if err := export.WriteWorkbook(&b, sheet); err != nil {
		return nil, err
	}
	// On record before it is handed out.
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		keys := []string{}
		for _, f := range l.fields {
			keys = append(keys, f.Key)
		}
		return record(ctx, tx, contestID, "export_list", map[string]any{"rows": rows, "personal": keys})
	})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	return b.Bytes(), nil
}

// listing is how a written list looks.
type listing struct {
	words     listWords
	locale    string
	team      bool
	divisions map[int64]string
	fields    []Field // personal data that was asked for by name
}

func (l *listing) choose(rules Rules, personal []string) {
	for _, f := range contactFields {
		if f.Vi, f.En = l.words.phone, l.words.phone; f.Key == KeyEmail {
			f.Vi, f.En = l.words.email, l.words.email
		}
		if slices.Contains(personal, f.Key) {
			l.fields = append(l.fields, f)
		}
	}
	for _, f := range rules.Asked() {
		if slices.Contains(personal, f.Key) && f.Key != KeyPhone && f.Key != KeyEmail {
			l.fields = append(l.fields, f)
		}
	}
}

func (l *listing) columns() []export.Column {
	w := l.words
	columns := []export.Column{{Title: w.number, Width: 14}}
	if l.team {
		columns = append(columns, export.Column{Title: w.team, Width: 30}, export.Column{Title: w.unit, Width: 32},
			export.Column{Title: w.division, Width: 14}, export.Column{Title: w.member, Width: 28}, export.Column{Title: w.role, Width: 12})
	} else {
		columns = append(columns, export.Column{Title: w.name, Width: 28}, export.Column{Title: w.unit, Width: 32}, export.Column{Title: w.division, Width: 14})
	}
	for _, f := range l.fields {
		columns = append(columns, export.Column{Title: f.Label(l.locale), Width: 20})
	}
	return append(columns, export.Column{Title: w.state, Width: 12})
}

func (l *listing) rows(e Listed) [][]any {
	state := l.words.active
	if e.State == EntryWithdrawn {
		state = l.words.withdrawn
	}
	people := e.Members
	if len(people) == 0 {
		people = []Member{{}}
	}
	rows := make([][]any, 0, len(people))
	for _, m := range people {
		row := []any{e.Number, e.Name, e.UnitName, l.divisions[e.DivisionID]}
		if l.team {
			role := ""
			if m.Role != "" {
				role = l.words.of(m.Role)
			}
			row = append(row, m.Name, role)
		}
		for _, f := range l.fields {
			row = append(row, l.value(f, m, e))
		}
		rows = append(rows, append(row, state))
	}
	return rows
}

// value is what stands in a cell: whole citizen numbers too, for they were asked for by name.
func (l *listing) value(f Field, m Member, e Listed) string {
	value := m.Get(f.Key)
	switch {
	case f.Key == KeyPhone && value == "":
		value = e.Phone
	case f.Key == KeyEmail && value == "":
		value = e.Email
	case f.Type == TypeCitizen:
		return value
	}
	return f.Shown(value, l.locale)
}
