package roster

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
	"github.com/hoithi/hoithi/server/unit"
)

// Source says how an entry came into the roster.
type source string

const (
	fromRegistration source = "registration"
	byHand           source = "manual"
	fromFile         source = "import"
)

var rosterFull = fault.New(fault.Conflict, "roster_full",
	"Một hội thi nhận tối đa 200.000 thí sinh hoặc đội. Chưa có gì được lưu.",
	"A contest takes at most 200,000 entries. Nothing was saved.")

// enter makes entries of cleaned and checked drafts, in their order, with the next candidate numbers and fresh codes.
// The roster is locked.
func (s *Service) enter(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, c contest.Contest, rules Rules, drafts []weighed, from source) ([]Entry, error) {
	if len(drafts) == 0 {
		return nil, nil
	}
	plain := make([]Draft, len(drafts))
	for i, w := range drafts {
		plain[i] = w.Draft
	}
	units, err := s.resolve(ctx, tx, q, c, plain)
	if err != nil {
		return nil, err
	}
	numbers, err := s.numbersFor(ctx, q, c, len(drafts), from)
	if err != nil {
		return nil, err
	}
	kind := rules.Kind
	p := rosterdb.InsertEntriesParams{ContestID: c.ID, Kind: string(kind), Source: string(from)}
	entries := make([]Entry, len(drafts))
	for i, d := range plain {
		u := units[i]
		number := numbers[i]
		p.DivisionIds = append(p.DivisionIds, d.DivisionID)
		p.UnitIds = append(p.UnitIds, u.ID)
		p.Names = append(p.Names, d.Name)
		p.SearchKeys = append(p.SearchKeys, d.searchKey(u.Name))
		p.SameKeys = append(p.SameKeys, d.sameKey(kind, ofUnit(u.ID, u.Name)))
		p.Numbers = append(p.Numbers, number)
		p.Phones = append(p.Phones, d.Phone)
		p.Emails = append(p.Emails, d.Email)
		secret := s.freshSecrets(c.ID)
		p.CodeMacs = append(p.CodeMacs, secret.codeMAC)
		p.CodesSealed = append(p.CodesSealed, secret.codeSealed)
		p.LinkMacs = append(p.LinkMacs, secret.linkMAC)
		p.LinksSealed = append(p.LinksSealed, secret.linkSealed)
		findings, err := json.Marshal(notNil(drafts[i].Findings))
		if err != nil {
			return nil, err
		}
		p.Findings = append(p.Findings, string(findings))
		entries[i] = Entry{ContestID: c.ID, DivisionID: d.DivisionID, UnitID: u.ID, UnitName: u.Name, Kind: kind,
			Number: NumberText(int(number)), Name: d.Name, State: EntryActive, Members: d.Members}
	}
	rows, err := q.InsertEntries(ctx, p)
	if err != nil {
		return nil, err
	}
	if len(rows) != len(drafts) {
		return nil, fmt.Errorf("roster: %d entries were asked for, %d made", len(drafts), len(rows))
	}
	ids := make(map[int32]int64, len(rows))
	for _, row := range rows { // the order of RETURNING is not promised, the numbers are ours
		ids[row.Number] = row.ID
	}
	for i, number := range numbers {
		entries[i].ID = ids[number]
	}
	for i, e := range entries {
		registration, entry := drafts[i].RegistrationID, e.ID
		if registration != 0 {
			entry = 0 // the pair stands already, or begins, with the registration
		}
		if err := noteDuplicates(ctx, q, c.ID, registration, entry, drafts[i].Findings); err != nil {
			return nil, err
		}
	}
	return entries, s.insertMembers(ctx, q, entries, rules.Fields)
}

// Where contestants guess how many take part, those who register get numbers of six digits that count nobody.
const (
	scatterFrom = 100_000
	scatterTo   = 999_999
)

// numbersFor gives new entries their candidate numbers: the next ones, or scattered ones.
func (s *Service) numbersFor(ctx context.Context, q *rosterdb.Queries, c contest.Contest, n int, from source) ([]int32, error) {
	scattered := false
	if from == fromRegistration {
		var err error
		if scattered, err = s.contests.Guessed(ctx, c); err != nil {
			return nil, err
		}
	}
	numbers := make([]int32, 0, n)
	if scattered {
		taken := map[int32]bool{}
		for tries := 0; len(numbers) < n && tries < 64; tries++ {
			ask := make([]int32, 2*(n-len(numbers))+8)
			for i := range ask {
				ask[i] = int32(scatterFrom + rand.N(scatterTo-scatterFrom+1))
			}
			there, err := q.NumbersTaken(ctx, rosterdb.NumbersTakenParams{ContestID: c.ID, Numbers: ask})
			if err != nil {
				return nil, err
			}
			for _, number := range there {
				taken[number] = true
			}
			for _, number := range ask {
				if len(numbers) < n && !taken[number] {
					taken[number] = true
					numbers = append(numbers, number)
				}
			}
		}
	}
	if len(numbers) == n {
		return numbers, nil
	}
	highest, err := q.HighestNumber(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	if int(highest)+n > MaxNumber || n > MaxEntries {
		return nil, rosterFull
	}
	numbers = numbers[:0]
	for i := range n {
		numbers = append(numbers, highest+int32(i)+1)
	}
	return numbers, nil
}

// resolve finds the unit of each draft: by its number, or by its name, which adds the unit when it is new.
func (s *Service) resolve(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, c contest.Contest, drafts []Draft) ([]unit.Unit, error) {
	var names []string
	for _, d := range drafts {
		if d.UnitID == 0 && d.UnitName != "" {
			names = append(names, d.UnitName)
		}
	}
	byName, err := s.units.Ensure(ctx, tx, names)
	if err != nil {
		return nil, err
	}
	tree, err := s.units.Tree(ctx)
	if err != nil {
		return nil, err
	}
	today := tree.At(unit.Today())
	units := make([]unit.Unit, len(drafts))
	invited := map[int64]bool{}
	for i, d := range drafts {
		switch {
		case d.UnitID != 0:
			u, ok := today.Unit(d.UnitID)
			if !ok {
				return nil, fault.NothingHere
			}
			units[i] = u
		case d.UnitName != "":
			units[i] = byName[d.UnitName]
		}
		if units[i].ID != 0 {
			invited[units[i].ID] = true
		}
	}
	ids := make([]int64, 0, len(invited))
	for id := range invited {
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return units, nil
	}
	return units, q.InviteUnits(ctx, rosterdb.InviteUnitsParams{ContestID: c.ID, UnitIds: ids})
}

// entrySecrets are the code and the link of one entry, as they are stored.
type entrySecrets struct {
	code, link                               string
	codeMAC, codeSealed, linkMAC, linkSealed []byte
}

func (s *Service) freshSecrets(contestID int64) entrySecrets {
	code, link := newCode(), newLinkToken()
	return entrySecrets{code: code, link: link,
		codeMAC: s.secrets.codeMAC(contestID, code), codeSealed: s.secrets.sealed("code", contestID, code),
		linkMAC: s.secrets.linkMAC(link), linkSealed: s.secrets.sealed("link", contestID, link)}
}
