package roster

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
	"github.com/hoithi/hoithi/server/unit"
)

var (
	alreadyThere = fault.New(fault.Conflict, "entry_exists",
		"Đã có thí sinh hoặc đội cùng tên, cùng đơn vị trong danh sách. Nếu là hai người khác nhau, hãy ghi thêm số điện thoại để phân biệt.",
		"There is an entry with the same name and unit already. If they are two people, add a phone number to tell them apart.")
	numberTaken = fault.New(fault.Conflict, "number_taken",
		"Số báo danh này đã có người khác dùng. Hãy chọn số khác.", "This candidate number is taken. Choose another one.")
	badNumber = fault.New(fault.Invalid, "bad_number",
		"Số báo danh là số từ 1 đến 9.999.999.", "A candidate number is a number from 1 to 9,999,999.")
	reasonNeeded = fault.New(fault.Invalid, "reason_needed",
		"Hãy ghi lý do (từ 3 đến 500 ký tự): người liên quan sẽ đọc được.", "Give a reason of 3 to 500 characters: those concerned will read it.")
)

// Add enters one contestant or team by hand.
func (s *Service) Add(ctx context.Context, contestID int64, d Draft) (Entry, error) {
	return s.AddDespite(ctx, contestID, d, "")
}

// AddDespite enters one by hand although the rules refuse it, for a reason that is recorded; without a reason what the
// rules refuse stays out.
func (s *Service) AddDespite(ctx context.Context, contestID int64, d Draft, reason string) (Entry, error) {
	entries, err := s.addAll(ctx, contestID, []Draft{d}, reason)
	if err != nil {
		return Entry{}, err
	}
	return entries[0], nil
}

// AddAll enters several by hand, all or none.
func (s *Service) AddAll(ctx context.Context, contestID int64, drafts []Draft) ([]Entry, error) {
	return s.addAll(ctx, contestID, drafts, "")
}

func (s *Service) addAll(ctx context.Context, contestID int64, drafts []Draft, reason string) ([]Entry, error) {
	reason, err := despiteReason(reason)
	if err != nil {
		return nil, err
	}
	var entries []Entry
	err = s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		if err := changeable(c); err != nil {
			return err
		}
		rules, err := s.rulesOf(ctx, q, c)
		if err != nil {
			return err
		}
		clean := make([]weighed, len(drafts))
		for i, d := range drafts {
			clean[i].Draft = d.Clean(rules)
			if err := clean[i].Draft.Check(rules, true); err != nil {
				return err
			}
			if err := s.refuseSame(ctx, q, c, clean[i].Draft); err != nil {
				return err
			}
		}
		if err := s.weighForOrganizer(ctx, q, c, rules, clean, reason); err != nil {
			return err
		}
		if entries, err = s.enter(ctx, tx, q, c, rules, clean, byHand); err != nil {
			return err
		}
		ids := make([]int64, len(entries))
		for i, e := range entries {
			ids[i] = e.ID
		}
		if err := note(ctx, q, contestID, EventRegistered, reason, nil, ids); err != nil {
			return err
		}
		return record(ctx, tx, contestID, "add", withReason(map[string]any{"entries": numbersOf(entries)}, reason))
	})
	return entries, err
}

// refuseSame refuses a draft that means an entry which is there already.
func (s *Service) refuseSame(ctx context.Context, q *rosterdb.Queries, c contest.Contest, d Draft) error {
	keys, err := s.keysOf(ctx, c, d)
	if err != nil {
		return err
	}
	same, err := q.KnownSame(ctx, rosterdb.KnownSameParams{ContestID: c.ID, SameKeys: keys})
	if err != nil {
		return err
	}
	for _, e := range same {
		if samePhone(e.Phone, d.Phone) {
			return alreadyThere.With("number", NumberText(int(e.Number)))
		}
	}
	return nil
}

// Edit changes an entry. number is the candidate number as typed; despite is why it may stay against the rules, or "".
func (s *Service) Edit(ctx context.Context, contestID, entryID int64, number string, d Draft, despite string) error {
	n := ParseNumber(number)
	if n == 0 {
		return badNumber.At("number", badNumber.Vi, badNumber.En)
	}
	despite, err := despiteReason(despite)
	if err != nil {
		return err
	}
	return s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		if err := changeable(c); err != nil {
			return err
		}
		rules, err := s.rulesOf(ctx, q, c)
		if err != nil {
			return err
		}
		if err := s.rewriteEntry(ctx, tx, q, c, rules, entryID, n, d, despite); err != nil {
			return err
		}
		if err := note(ctx, q, contestID, EventChanged, "", nil, []int64{entryID}); err != nil {
			return err
		}
		if err := record(ctx, tx, contestID, "edit", withReason(map[string]any{"entry_id": entryID, "number": NumberText(n)}, despite)); err != nil {
			return err
		}
		_, err = s.fillPlaces(ctx, tx, q, c)
		return err
	})
}

// Withdraw takes an entry out of the contest; its number is not given again. Its devices are signed out.
func (s *Service) Withdraw(ctx context.Context, contestID, entryID int64, reason string) error {
	reason, err := checkReason(reason)
	if err != nil {
		return err
	}
	if err := s.setState(ctx, contestID, entryID, EntryWithdrawn, reason, "withdraw"); err != nil {
		return err
	}
	return postgres.Fault(s.accounts.EndEntrySessions(ctx, entryID, 0))
}

// Restore brings a withdrawn entry back.
func (s *Service) Restore(ctx context.Context, contestID, entryID int64) error {
	return s.setState(ctx, contestID, entryID, EntryActive, "", "restore")
}

func (s *Service) setState(ctx context.Context, contestID, entryID int64, state EntryState, reason, action string) error {
	return s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		if err := changeable(c); err != nil {
			return err
		}
		if _, err := q.EntryIn(ctx, rosterdb.EntryInParams{ID: entryID, ContestID: contestID}); errors.Is(err, pgx.ErrNoRows) {
			return fault.NothingHere
		} else if err != nil {
			return err
		}
		return s.setStateIn(ctx, tx, q, c, entryID, state, reason, action)
	})
}

func (s *Service) setStateIn(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, c contest.Contest, entryID int64, state EntryState, reason, action string) error {
	n, err := q.SetEntryState(ctx, rosterdb.SetEntryStateParams{ID: entryID, ContestID: c.ID, State: string(state), Reason: reason})
	if err != nil || n == 0 {
		return err // already in that state: the same wish twice is fulfilled once
	}
	happened := EventRestored
	if state == EntryWithdrawn {
		happened = EventWithdrawn
		if err := closeChanges(ctx, q, c.ID, "Khép lại vì đã rút khỏi hội thi.", nil, []int64{entryID}); err != nil {
			return err
		}
		if _, err := s.fillPlaces(ctx, tx, q, c); err != nil {
			return err
		}
	}
	if err := note(ctx, q, c.ID, happened, reason, nil, []int64{entryID}); err != nil {
		return err
	}
	return record(ctx, tx, c.ID, action, map[string]any{"entry_id": entryID})
}

// Reissued is an entry's new code and the token of its new personal link, shown once to the organizer.
type Reissued struct{ Code, Link string }

// Reissue gives an entry a new code and link; the old ones stop at once, and its devices are signed out.
func (s *Service) Reissue(ctx context.Context, contestID, entryID int64) (Reissued, error) {
	fresh := s.freshSecrets(contestID)
	err := s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, _ contest.Contest) error {
		n, err := q.SetSecrets(ctx, rosterdb.SetSecretsParams{ID: entryID, ContestID: contestID, CodeMac: fresh.codeMAC,
			CodeSealed: fresh.codeSealed, LinkMac: fresh.linkMAC, LinkSealed: fresh.linkSealed})
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.NothingHere
		}
		// Whoever bound an account to the entry by the old code may be the one whom the new code shuts out.
		if err := unbind(ctx, q, contestID, entryID, wayCode, ""); err != nil && !errors.Is(err, notBound) {
			return err
		}
		return record(ctx, tx, contestID, "reissue_code", map[string]any{"entry_id": entryID})
	})
	if err != nil {
		return Reissued{}, err
	}
	if err := s.accounts.EndEntrySessions(ctx, entryID, 0); err != nil {
		return Reissued{}, postgres.Fault(err)
	}
	return Reissued{Code: fresh.code, Link: fresh.link}, nil
}

func checkReason(reason string) (string, error) {
	reason = unit.CleanName(reason)
	if n := len([]rune(reason)); n < 3 || n > maxReason {
		return "", reasonNeeded.At("reason", reasonNeeded.Vi, reasonNeeded.En)
	}
	return reason, nil
}

func numbersOf(entries []Entry) []string {
	numbers := make([]string, len(entries))
	for i, e := range entries {
		numbers[i] = e.Number
	}
	return numbers
}
