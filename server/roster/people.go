package roster

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
	"github.com/hoithi/hoithi/server/unit"
)

// citizenMAC is equal for equal citizen numbers, in all contests of this server, and tells nothing else.
func (s *secrets) citizenMAC(number string) []byte {
	h := hmac.New(sha256.New, s.citizenKey)
	h.Write([]byte(number))
	return h.Sum(nil)
}

// citizenKeyOf is citizenMAC as text, as identities and terms hold it.
func (s *secrets) citizenKeyOf(number string) string { return hex.EncodeToString(s.citizenMAC(number)) }

func macText(mac []byte) string { return hex.EncodeToString(mac) }

// personRows are people as they are stored: of entries, or of registrations.
type personRows rosterdb.InsertMembersParams

// add stores the people of an entry or registration in their order.
func (p *personRows) add(sec *secrets, contestID, owner int64, members []Member, fields []Field) error {
	for i, m := range members {
		own, err := ownTo(fields, m.Own)
		if err != nil {
			return err
		}
		var sealed, mac []byte
		if m.Citizen != "" {
			sealed, mac = sec.sealed("citizen", contestID, m.Citizen), sec.citizenMAC(m.Citizen)
		}
		p.Owners = append(p.Owners, owner)
		p.Positions = append(p.Positions, int32(i+1))
		p.Names = append(p.Names, m.Name)
		p.Roles = append(p.Roles, string(m.Role))
		p.NameKeys = append(p.NameKeys, unit.WordsKey(m.Name))
		p.BirthDates = append(p.BirthDates, m.BirthDate)
		p.Sexes = append(p.Sexes, m.Sex)
		p.Phones = append(p.Phones, m.Phone)
		p.Emails = append(p.Emails, m.Email)
		p.Jobs = append(p.Jobs, m.Position)
		p.CitizensSealed = append(p.CitizensSealed, sealed)
		p.CitizenMacs = append(p.CitizenMacs, mac)
		p.Owns = append(p.Owns, own)
	}
	return nil
}

func (s *Service) insertMembers(ctx context.Context, q *rosterdb.Queries, entries []Entry, fields []Field) error {
	var rows personRows
	for _, e := range entries {
		if err := rows.add(s.secrets, e.ContestID, e.ID, e.Members, fields); err != nil {
			return err
		}
	}
	if len(rows.Owners) == 0 {
		return nil
	}
	return q.InsertMembers(ctx, rosterdb.InsertMembersParams(rows))
}

func (s *Service) insertRegistrants(ctx context.Context, q *rosterdb.Queries, contestID, registrationID int64, members []Member, fields []Field) error {
	var rows personRows
	if err := rows.add(s.secrets, contestID, registrationID, members, fields); err != nil || len(rows.Owners) == 0 {
		return err
	}
	return q.InsertRegistrants(ctx, rosterdb.InsertRegistrantsParams(rows))
}

// member opens a stored person.
func (s *Service) member(contestID int64, r rosterdb.MembersOfRow) (Member, error) {
	m := Member{ID: r.ID, Name: r.Name, Role: MemberRole(r.Role), Person: Person{BirthDate: r.BirthDate, Sex: r.Sex, Phone: r.Phone,
		Email: r.Email, Position: r.Job}}
	var err error
	if len(r.CitizenSealed) > 0 {
		if m.Citizen, err = s.secrets.opened("citizen", contestID, r.CitizenSealed); err != nil {
			return m, err
		}
	}
	m.Own, err = ownFrom(r.Own)
	return m, err
}

// membersOf reads the people of some entries of a contest.
func (s *Service) membersOf(ctx context.Context, q *rosterdb.Queries, contestID int64, entryIDs []int64) (map[int64][]Member, error) {
	rows, err := q.MembersOf(ctx, entryIDs)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	out := map[int64][]Member{}
	for _, r := range rows {
		m, err := s.member(contestID, r)
		if err != nil {
			return nil, err
		}
		out[r.Owner] = append(out[r.Owner], m)
	}
	return out, nil
}

// registrantsOf reads the people of some registrations of a contest.
func (s *Service) registrantsOf(ctx context.Context, q *rosterdb.Queries, contestID int64, registrationIDs []int64) (map[int64][]Member, error) {
	rows, err := q.RegistrantsOf(ctx, registrationIDs)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	out := map[int64][]Member{}
	for _, r := range rows {
		m, err := s.member(contestID, rosterdb.MembersOfRow(r))
		if err != nil {
			return nil, err
		}
		out[r.Owner] = append(out[r.Owner], m)
	}
	return out, nil
}

// keepMasked puts citizen numbers that came back as they were shown ("0…1234") back in full: of the same member, or of
// one of the same name.
func keepMasked(d *Draft, stored []Member) {
	for i := range d.Members {
		m := &d.Members[i]
		if !isMask(m.Citizen) {
			continue
		}
		masked := m.Citizen
		m.Citizen = ""
		for _, old := range stored {
			if MaskCitizen(old.Citizen) == masked && (m.ID == old.ID || m.ID == 0 && unit.WordsKey(m.Name) == unit.WordsKey(old.Name) || len(stored) == 1 && len(d.Members) == 1) {
				m.Citizen = old.Citizen
				break
			}
		}
	}
}

// ownTo writes the organizer's own fields as JSON with the types of their fields.
func ownTo(fields []Field, own map[string]string) (string, error) {
	out := map[string]any{}
	for _, f := range fields {
		value, ok := own[f.Key]
		switch {
		case !ok || value == "" || f.Standard:
		case f.Type == TypeNumber:
			out[f.Key] = json.Number(value)
		case f.Type == TypeYesNo:
			out[f.Key] = value == "yes"
		default:
			out[f.Key] = value
		}
	}
	data, err := json.Marshal(out)
	return string(data), err
}

func ownFrom(data []byte) (map[string]string, error) {
	if len(data) <= 2 {
		return nil, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var values map[string]any
	if err := decoder.Decode(&values); err != nil {
		return nil, fmt.Errorf("roster: own fields of a person: %w", err)
	}
	out := make(map[string]string, len(values))
	for key, value := range values {
		switch v := value.(type) {
		case json.Number:
			out[key] = v.String()
		case bool:
			out[key] = map[bool]string{true: "yes", false: "no"}[v]
		case string:
			out[key] = v
		}
	}
	return out, nil
}
