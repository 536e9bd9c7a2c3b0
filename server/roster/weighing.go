package roster

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

// despiteReason cleans the reason for entering somebody whom the rules refuse; "" is none.
func despiteReason(reason string) (string, error) {
	if strings.TrimSpace(reason) == "" {
		return "", nil
	}
	return checkReason(reason)
}

func withReason(payload map[string]any, reason string) map[string]any {
	if reason != "" {
		payload["despite"] = true
	}
	return payload
}

// weighForOrganizer weighs what an organizer enters or approves: what the rules refuse stays out unless there is a
// reason, and the findings stay with the entry. Organizers decide about full quotas, so there is no line to wait in.
func (s *Service) weighForOrganizer(ctx context.Context, q *rosterdb.Queries, c contest.Contest, r Rules, drafts []weighed, reason string) error {
	r.WaitingList = false
	found, err := s.weigh(ctx, q, c, r, drafts, false)
	if err != nil {
		return err
	}
	for i := range drafts {
		drafts[i].Findings = found[i]
		if reason == "" {
			if err := refusal(found[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// keepFindings replaces what stands with an entry.
func (s *Service) keepFindings(ctx context.Context, q *rosterdb.Queries, contestID, entryID int64, found []Finding) error {
	data, err := json.Marshal(notNil(found))
	if err != nil {
		return err
	}
	if err := q.SetEntryFindings(ctx, rosterdb.SetEntryFindingsParams{ID: entryID, Findings: data}); err != nil {
		return err
	}
	return noteDuplicates(ctx, q, contestID, 0, entryID, found)
}
