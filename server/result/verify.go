package result

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/postgres"
)

// Verification is what recomputing a contest found.
type Verification struct {
	Contest     string    `json:"contest" doc:"Slug"`
	Revisions   int       `json:"revisions"`
	Seal        string    `json:"seal" doc:"Of the newest revision; empty: nothing is final"`
	Entries     int       `json:"entries"`
	AuditEvents int64     `json:"audit_events"`
	Findings    []Finding `json:"findings" doc:"Empty: everything fits"`
}

// Finding is one thing that does not fit.
type Finding struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Checker looks at a round's raw data for what the tables don't enforce themselves (responses carry no foreign keys).
type Checker interface {
	Check(ctx context.Context, roundID int64) ([]string, error)
}

// Verify recomputes a contest from its responses and marks and compares it with the final result, checks every
// revision's hash, and the audit chain.
func (s *Service) Verify(ctx context.Context, contestID int64) (Verification, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return Verification{}, err
	}
	v := Verification{Contest: c.Slug, Findings: []Finding{}}
	find := func(code, format string, args ...any) {
		v.Findings = append(v.Findings, Finding{Code: code, Text: fmt.Sprintf(format, args...)})
	}
	for _, r := range c.Rounds {
		checker, ok := s.inputs[r.Kind].(Checker)
		if !ok {
			continue
		}
		wrong, err := checker.Check(ctx, r.ID)
		if err != nil {
			return v, err
		}
		for _, w := range wrong {
			find("round_data", "round %q: %s", r.Name, w)
		}
	}
	if s.plans != nil {
		wrong, err := s.plans.Check(ctx, contestID)
		if err != nil {
			return v, err
		}
		for _, w := range wrong {
			find("plan", "%s", w)
		}
	}
	rows, err := s.q.Revisions(ctx, contestID)
	if err != nil {
		return v, err
	}
	v.Revisions = len(rows)
	recorded, err := s.recorded(ctx, contestID)
	if err != nil {
		return v, err
	}
	if len(recorded) > len(rows) {
		find("revision_missing", "the audit chain records %d revisions, %d are stored", len(recorded), len(rows))
	}
	for i, row := range rows {
		if recorded[int(row.Revision)] != hex.EncodeToString(row.Hash) {
			find("audit_hash", "the audit chain does not record this hash for revision %d", row.Revision)
		}
		if int(row.Revision) != i+1 {
			find("revision_missing", "revision %d is missing", i+1)
		}
		if !bytes.Equal(hashOf(row.Snapshot), row.Hash) {
			find("snapshot_hash", "the snapshot of revision %d does not have the hash that was stored with it", row.Revision)
		}
	}
	events, broken, err := audit.Verify(ctx, s.db, contestID)
	if err != nil {
		return v, err
	}
	v.AuditEvents = events
	if broken != 0 {
		find("audit_chain", "the audit chain is broken at event %d", broken)
	}
	if len(rows) == 0 {
		return v, nil
	}
	newest, err := fromRow(rows[len(rows)-1])
	if err != nil {
		find("snapshot_unreadable", "the newest snapshot cannot be read: %v", err)
		return v, nil
	}
	if newest.Snapshot.Format >= 2 && !sameAwards(newest.Snapshot) {
		find("awards", "the awards of the newest revision do not follow from its award plan and standings")
	}
	masks, err := s.roster.Masks(ctx, contestID)
	if err != nil {
		return v, err
	}
	newest.Snapshot.mask(masks, true) // an erased person's name is gone from the roster, and is no difference
	v.Seal, v.Entries = Seal(newest.Hash), len(newest.Snapshot.Standings)
	s.compare(ctx, newest, contestID, find)
	return v, nil
}

func (s *Service) compare(ctx context.Context, newest Revision, contestID int64, find func(code, format string, args ...any)) {
	p, err := s.Preview(ctx, contestID)
	if err != nil {
		find("recompute", "the standings cannot be computed again: %v", err)
		return
	}
	if len(p.Snapshot.Rounds) != len(newest.Snapshot.Rounds) {
		find("inputs", "the contest has %d rounds, the final result has %d", len(p.Snapshot.Rounds), len(newest.Snapshot.Rounds))
	}
	for i, r := range p.Snapshot.Rounds {
		if i >= len(newest.Snapshot.Rounds) || newest.Snapshot.Rounds[i].InputsHash != r.InputsHash {
			find("inputs", "the responses, marks or rules of round %q are not those that became final", r.Name)
		}
	}
	if same, err := equalPlans(newest.Snapshot.Plan, p.Snapshot.Plan); err != nil || !same {
		find("plan", "the promotions or the decisions on ties are not those that became final")
	}
	for _, x := range Compare(newest.Snapshot.Standings, p.Snapshot.Standings) {
		find("standing", "%s · %s: final place %d with %d, recomputed place %d with %d (hundredths of a point)",
			x.Number, x.Name, x.OldPlace, x.OldTotal, x.NewPlace, x.NewTotal)
	}
}

// recorded gives the hash that the audit chain holds for each revision. An event that can't be read holds none; that
// its chain is broken is found besides.
func (s *Service) recorded(ctx context.Context, contestID int64) (map[int]string, error) {
	payloads, err := s.q.RecordedFinals(ctx, contestID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	hashes := map[int]string{}
	for _, p := range payloads {
		var event struct {
			Revision int    `json:"revision"`
			Hash     string `json:"hash"`
		}
		if json.Unmarshal(p, &event) == nil {
			hashes[event.Revision] = event.Hash
		}
	}
	return hashes, nil
}

// WithResults lists the contests that have a final result.
func (s *Service) WithResults(ctx context.Context) ([]int64, error) {
	return s.q.ContestsWithResults(ctx)
}
