package roster

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

var termsChanged = fault.New(fault.Conflict, "registration_terms_changed",
	"Người khác vừa lưu điều kiện đăng ký. Hãy tải lại trang để xem, rồi sửa lần nữa; chưa có gì bị ghi đè.",
	"Somebody else has just saved the registration rules. Reload the page, look, and change them again; nothing was overwritten.")

// SetTerms saves what a contest asks of those who register. What is there already stays; a quota that has been raised
// lets those in line move up.
func (s *Service) SetTerms(ctx context.Context, contestID int64, t Terms) (Rules, error) {
	var rules Rules
	err := s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		if err := changeable(c); err != nil {
			return err
		}
		version := int32(t.Version)
		t := t.Clean(c, s.secrets.citizenKeyOf)
		if err := t.Check(c); err != nil {
			return err
		}
		t.Version = 0
		data, err := json.Marshal(t)
		if err != nil {
			return err
		}
		n, err := q.SaveTerms(ctx, rosterdb.SaveTermsParams{ContestID: contestID, Terms: data, Version: version})
		if err != nil {
			return err
		}
		if n == 0 {
			return termsChanged
		}
		if _, err := s.fillPlaces(ctx, tx, q, c); err != nil {
			return err
		}
		if rules, err = s.rulesOf(ctx, q, c); err != nil {
			return err
		}
		// Barred people are people: only how many there are goes into the record.
		return record(ctx, tx, contestID, "set_terms", map[string]any{"version": rules.Version, "fields": len(rules.Asked()),
			"barred": len(t.Eligibility.Barred) + len(t.Eligibility.Winners), "waiting_list": t.WaitingList})
	})
	return rules, err
}

// CopyTerms brings the terms into a copy of a contest. A rehearsal's robots have nothing to give, so it asks for nothing.
func (s *Service) CopyTerms(ctx context.Context, tx pgx.Tx, from, made contest.Contest) error {
	if made.RehearsalOf != 0 {
		return nil
	}
	q := s.q.WithTx(tx)
	rules, err := s.rulesOf(ctx, q, from)
	if err != nil || rules.Version == 0 {
		return err
	}
	same := map[int64]int64{}
	for _, old := range from.Divisions {
		for _, d := range made.Divisions {
			if d.Name == old.Name {
				same[old.ID] = d.ID
			}
		}
	}
	t := rules.Terms
	t.Version = 0
	for i := range t.Quotas.Divisions {
		t.Quotas.Divisions[i].DivisionID = same[t.Quotas.Divisions[i].DivisionID]
	}
	for i := range t.Quotas.Units {
		t.Quotas.Units[i].DivisionID = same[t.Quotas.Units[i].DivisionID]
	}
	for i := range t.Eligibility.Divisions {
		t.Eligibility.Divisions[i].DivisionID = same[t.Eligibility.Divisions[i].DivisionID]
	}
	data, err := json.Marshal(t)
	if err != nil {
		return err
	}
	return q.CopyTerms(ctx, rosterdb.CopyTermsParams{ContestID: made.ID, Terms: data})
}
