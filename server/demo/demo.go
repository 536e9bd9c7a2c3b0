// Package demo carries the content of the demo contest: a bank of questions on administrative reform, public service
// and office informatics, and the contest "Thanh niên với cải cách hành chính 2026" with its teams, panel and rounds.
//
// It must never write anything itself, and never hold an invented fact: every question names where its answer can be
// checked. People and teams are invented.
package demo

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/scoring"
)

//go:embed bank_items.json
var bankJSON []byte

//go:embed written.json
var writtenJSON []byte

//go:embed contest.json
var contestJSON []byte

// Item is one question of the demo bank. Ref is its lasting name, by which rounds choose it.
type Item struct {
	Ref     string       `json:"ref"`
	Content bank.Content `json:"content"`
}

// Contest is the demo contest as it is to be set up.
type Contest struct {
	Name          string   `json:"name"`
	OrganizerName string   `json:"organizer_name"`
	Venue         string   `json:"venue"`
	Template      string   `json:"template"`
	TimeZone      string   `json:"time_zone"`
	TieBreakers   []string `json:"tie_breakers"`
	Division      string   `json:"division"`
	Rules         string   `json:"rules"`
	TeamMin       int      `json:"team_min"`
	TeamMax       int      `json:"team_max"`
	Units         []Unit   `json:"units"`
	// Teams stand in the order of their numbers: the first is "Đội 1".
	Teams      []Team      `json:"teams"`
	Judges     []Judge     `json:"judges"`
	Staff      []Staff     `json:"staff"`
	Rounds     []Round     `json:"rounds"`
	Situations []Situation `json:"situations"`
}

// Unit is an organisation; parents stand before their children.
type Unit struct {
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	Parent string `json:"parent"`
}

// Team enters for a unit.
type Team struct {
	Unit    string   `json:"unit"`
	Name    string   `json:"name"`
	Skit    string   `json:"skit"` // the title of its skit, without quotation marks
	Members []Member `json:"members"`
}

// Member is a person of a team.
type Member struct {
	Name    string `json:"name"`
	Captain bool   `json:"captain"`
}

// Judge is a member of the panel.
type Judge struct {
	Name   string `json:"name"`
	Office string `json:"office"`
	Unit   string `json:"unit"` // the judge's own, by its name in the tree of Units
	Head   bool   `json:"head"`
}

// Staff works for the contest in a role of package account.
type Staff struct {
	Name   string `json:"name"`
	Office string `json:"office"`
	Role   string `json:"role"`
}

// Round is one part of the evening; Quiz or Judged is set, by Kind ("stage", "judged").
type Round struct {
	Key    string  `json:"key"`
	Kind   string  `json:"kind"`
	Name   string  `json:"name"`
	Weight int     `json:"weight"` // hundredths of a percent
	Quiz   *Quiz   `json:"quiz,omitempty"`
	Judged *Judged `json:"judged,omitempty"`
}

// Quiz is a round in which all teams answer the same items.
type Quiz struct {
	Points  int64      `json:"points"` // of one item, hundredths of a point
	BySpeed bool       `json:"by_speed"`
	Items   []QuizItem `json:"items"`
	Reserve []QuizItem `json:"reserve"`
}

// QuizItem is an item of the bank with the time to answer it.
type QuizItem struct {
	Ref     string `json:"ref"`
	Seconds int    `json:"seconds"`
}

// Judged is a round that the panel marks.
type Judged struct {
	Criteria []Criterion      `json:"criteria"`
	Overtime scoring.Overtime `json:"overtime"`
	// Trimmed: the highest and the lowest sheet are dropped.
	Trimmed bool `json:"trimmed"`
}

// Criterion is a line of a rubric; points and weight as in package scoring.
type Criterion struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Max         int64  `json:"max"`
	Step        int64  `json:"step"`
	Weight      int64  `json:"weight"`
}

// Situation is what a team draws in the situation round.
type Situation struct {
	Title string `json:"title"`
	Text  string `json:"text"`
	// Points are what a good answer says, for the panel only.
	Points []string `json:"points"`
	Basis  string   `json:"basis"`
}

// MaxScore is the most a team can get in the round, before its weight; hundredths of a point.
func (r Round) MaxScore() int64 {
	if r.Quiz != nil {
		return r.Quiz.Points * int64(len(r.Quiz.Items))
	}
	var sum int64
	if r.Judged != nil {
		for _, c := range r.Judged.Criteria {
			sum += c.Max * c.Weight / scoring.FullWeight
		}
	}
	return sum
}

// Items are the questions of the demo bank, in their order.
func Items() ([]Item, error) {
	var file struct {
		// Note tells whoever opens the file until when its sources were compared.
		Note  string `json:"note"`
		Items []Item `json:"items"`
	}
	if err := decode(bankJSON, &file); err != nil {
		return nil, fmt.Errorf("demo: bank_items.json: %w", err)
	}
	return file.Items, nil
}

// Written are the questions of the demo's author, which the reviewer looks at, and the stem of the last one when it has
// been written anew.
func Written() (contents []bank.Content, anew string, err error) {
	var file struct {
		Note  string         `json:"note"`
		Items []bank.Content `json:"items"`
		Anew  string         `json:"anew"`
	}
	if err := decode(writtenJSON, &file); err != nil {
		return nil, "", fmt.Errorf("demo: written.json: %w", err)
	}
	return file.Items, file.Anew, nil
}

// Load is the demo contest.
func Load() (Contest, error) {
	var c Contest
	if err := decode(contestJSON, &c); err != nil {
		return Contest{}, fmt.Errorf("demo: contest.json: %w", err)
	}
	return c, nil
}

func decode(b []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(to)
}
