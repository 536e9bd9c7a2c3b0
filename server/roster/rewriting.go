package roster

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

// rewriteEntry puts a draft in the place of what an entry was. despite is why it may stay against the rules, or "".
func (s *Service) rewriteEntry(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, c contest.Contest, rules Rules, entryID int64, number int, d Draft, despite string) error {
	stored, err := s.membersOf(ctx, q, c.ID, []int64{entryID})
	if err != nil {
		return err
	}
	keepMasked(&d, stored[entryID])
	d = d.Clean(rules)
	if err := d.Check(rules, true); err != nil {
		return err
	}
	w := []weighed{{Draft: d, EntryID: entryID}}
	if err := s.weighForOrganizer(ctx, q, c, rules, w, despite); err != nil {
		return err
	}
	units, err := s.resolve(ctx, tx, q, c, []Draft{d})
	if err != nil {
		return err
	}
	u := units[0]
	changed, err := q.UpdateEntry(ctx, rosterdb.UpdateEntryParams{ID: entryID, ContestID: c.ID, DivisionID: d.DivisionID,
		UnitID: u.ID, Name: d.Name, SearchKey: d.searchKey(u.Name), SameKey: d.sameKey(rules.Kind, ofUnit(u.ID, u.Name)),
		Number: int32(number), Phone: d.Phone, Email: d.Email})
	if postgres.IsUniqueViolation(err) {
		return numberTaken.At("number", numberTaken.Vi, numberTaken.En)
	}
	if err != nil {
		return err
	}
	if changed == 0 {
		return fault.NothingHere
	}
	if err := q.DeleteMembers(ctx, entryID); err != nil {
		return err
	}
	if err := s.insertMembers(ctx, q, []Entry{{ID: entryID, ContestID: c.ID, Members: d.Members}}, rules.Fields); err != nil {
		return err
	}
	return s.keepFindings(ctx, q, c.ID, entryID, w[0].Findings)
}

// rewriteRegistration puts a draft in the place of what was registered. Who waits in line keeps the place there; a change
// that asks for a place where there is none goes into the line.
func (s *Service) rewriteRegistration(ctx context.Context, q *rosterdb.Queries, c contest.Contest, rules Rules, id int64, state RegistrationState, d Draft, despite string, byOrganizer bool) error {
	stored, err := s.registrantsOf(ctx, q, c.ID, []int64{id})
	if err != nil {
		return err
	}
	keepMasked(&d, stored[id])
	d = d.Clean(rules)
	if err := d.Check(rules, byOrganizer); err != nil {
		return err
	}
	unitName, err := s.invitedUnit(ctx, q, c.ID, d)
	if err != nil {
		return err
	}
	keys, err := s.keysOf(ctx, c, d)
	if err != nil {
		return err
	}
	if err := s.refuseKnown(ctx, q, c.ID, keys, d.Phone, id); err != nil {
		return err
	}
	found, err := s.weigh(ctx, q, c, rules, []weighed{{Draft: d, RegistrationID: id}}, true)
	if err != nil {
		return err
	}
	if despite == "" {
		if err := refusal(found[0]); err != nil {
			return err
		}
	}
	if Waits(found[0]) && despite == "" {
		state = RegistrationWaitlisted
	}
	findings, err := json.Marshal(found[0])
	if err != nil {
		return err
	}
	n, err := q.RewriteRegistration(ctx, rosterdb.RewriteRegistrationParams{ID: id, DivisionID: d.DivisionID, UnitID: d.UnitID, UnitName: d.UnitName,
		Name: d.Name, SearchKey: d.searchKey(unitName), SameKey: keys[0], Phone: d.Phone, Email: d.Email, State: string(state), Findings: findings})
	if err != nil {
		return err
	}
	if n == 0 {
		return changeAnswered
	}
	if err := q.DeleteRegistrants(ctx, id); err != nil {
		return err
	}
	if err := s.insertRegistrants(ctx, q, c.ID, id, d.Members, rules.Fields); err != nil {
		return err
	}
	return noteDuplicates(ctx, q, c.ID, id, 0, found[0])
}
