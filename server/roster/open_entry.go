package roster

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
	"github.com/hoithi/hoithi/server/unit"
)

var (
	notOpenToAll = fault.New(fault.Conflict, "open_entry_closed",
		"Hội thi này hiện không cho vào thi bằng biểu mẫu. Chưa có gì được lưu; nếu đã có số báo danh và mã dự thi, hãy vào thi bằng mã.",
		"This contest does not let people in by the form now. Nothing was saved; if you have a candidate number and a code, enter with them.")
	// One answer for every sign by which somebody is known, so that it tells nobody's number, unit or name.
	cameAlready = fault.New(fault.Conflict, "entered_already",
		"Có thể bạn đã đăng ký hội thi này. Hãy vào thi bằng số báo danh và mã dự thi đã nhận; nếu quên mã hoặc đây không phải là bạn, Ban Tổ chức sẽ giúp.",
		"You may be registered in this contest already. Enter with the candidate number and the code you got; if you have lost them, or it is not you, the organizers will help.")
	unitOfList = fault.New(fault.Invalid, "unit_of_list",
		"Hãy chọn đơn vị trong danh sách.", "Choose a unit of the list.")
)

// How fast one address may let people in: a school of two thousand stands behind one, a script would send far more.
const (
	openBurst = 2000
	openEach  = 200 * time.Millisecond
	// openDay is how many one address may let in within a day, on a node. It is more than any school or agency has, and
	// bounds what a patient script can fill a contest with.
	openDay = 10_000
)

// OpenEntrant is somebody who has come in by the form, with what to keep for the next time.
type OpenEntrant struct {
	Entered
	Number, Code string
	// Path is that of the personal link on this server.
	Path string
}

// EnterOpenly makes an approved entry of somebody who fills in the form, and signs the device in. once is a secret that
// the browser has made: sent again after an answer was lost, it gives the same entry.
func (s *Service) EnterOpenly(ctx context.Context, p account.Principal, slug string, d Draft, consents []Consent, once, agent string) (OpenEntrant, error) {
	c, err := s.contests.Visible(ctx, slug)
	if err != nil {
		return OpenEntrant{}, err
	}
	ways, err := s.contests.Ways(ctx, c)
	if err != nil {
		return OpenEntrant{}, err
	}
	if !ways.Form {
		return OpenEntrant{}, notOpenToAll
	}
	return s.enterByForm(ctx, p, c, d, consents, once, agent, 0)
}

// enterByForm lets somebody in by the form; accountID is whose the entry becomes, or 0.
func (s *Service) enterByForm(ctx context.Context, p account.Principal, c contest.Contest, d Draft, consents []Consent, once, agent string, accountID int64) (OpenEntrant, error) {
	if id, err := s.cameBy(ctx, c.ID, once, accountID); err != nil || id != 0 {
		if err != nil {
			return OpenEntrant{}, err
		}
		return s.letIn(ctx, p, c, id, agent)
	}
	rules, err := s.rulesOf(ctx, s.q, c)
	if err != nil {
		return OpenEntrant{}, err
	}
	rules.WaitingList = false // who can't take part now is told so, not put in a line
	d = d.Clean(rules)
	if err := d.Check(rules, false); err != nil {
		return OpenEntrant{}, err
	}
	answers, err := s.agree(ctx, c, d, consents)
	if err != nil {
		return OpenEntrant{}, err
	}
	for _, limit := range []*pace{s.openDays, s.openPace} {
		if err := limit.take(p.Address, time.Now()); err != nil {
			return OpenEntrant{}, err
		}
	}
	var id int64
	err = s.change(ctx, c.ID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		if err := unitListed(ctx, q, c.ID, d); err != nil {
			return err
		}
		if err := notYetIn(ctx, q, c.ID, accountID); err != nil {
			return err
		}
		if id, err = s.comeIn(ctx, tx, q, c, rules, d, answers, once); err != nil || accountID == 0 {
			return err
		}
		return bind(ctx, tx, q, c.ID, id, accountID, wayForm)
	})
	if postgres.IsUniqueViolation(err) { // the same secret at the same moment: the other request has made the entry
		id, err = s.cameBy(ctx, c.ID, once, accountID)
	}
	if err != nil {
		return OpenEntrant{}, err
	}
	return s.letIn(ctx, p, c, id, agent)
}

// cameBy finds the entry that a browser's secret has made; 0: none yet. What was made for an account is found by that
// account only, and what was made without one by none.
func (s *Service) cameBy(ctx context.Context, contestID int64, once string, accountID int64) (int64, error) {
	who, err := s.q.WhoByReceipt(ctx, s.secrets.receiptMAC(once))
	if errors.Is(err, pgx.ErrNoRows) || err == nil && (who.ContestID != contestID || who.EntryID == 0) {
		return 0, nil
	}
	if err != nil {
		return 0, postgres.Fault(err)
	}
	of, err := s.q.AccountOfEntry(ctx, who.EntryID)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return 0, postgres.Fault(err)
	}
	if accountID != 0 && of.AccountID != accountID || accountID == 0 && of.Way == wayForm {
		return 0, cameAlready
	}
	return who.EntryID, nil
}

// unitListed refuses a unit typed by hand where the contest has a list: nobody looks at what comes in this way.
func unitListed(ctx context.Context, q *rosterdb.Queries, contestID int64, d Draft) error {
	if d.UnitID != 0 || d.UnitName == "" {
		return nil
	}
	n, err := q.CountInvited(ctx, contestID)
	if err != nil || n == 0 {
		return err
	}
	return unitOfList.At("unit_id", unitOfList.Vi, unitOfList.En)
}

// comeIn registers a draft and approves it at once. The roster is locked.
func (s *Service) comeIn(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, c contest.Contest, rules Rules, d Draft, answers []Consent, once string) (int64, error) {
	registered, err := s.register(ctx, tx, q, c, rules, d, answers, once)
	if errors.Is(err, alreadyRegistered) {
		return 0, cameAlready
	}
	if err != nil {
		return 0, err
	}
	if err := s.refuseAlike(ctx, q, c.ID, d, registered.Findings); err != nil {
		return 0, err
	}
	fit := []weighed{{RegistrationID: registered.ID, Draft: d, Findings: registered.Findings}}
	entries, err := s.enter(ctx, tx, q, c, rules, fit, fromRegistration)
	if err != nil {
		return 0, err
	}
	e := entries[0]
	var unitID *int64
	if e.UnitID != 0 {
		unitID = &e.UnitID
	}
	if err := q.ApproveRegistration(ctx, rosterdb.ApproveRegistrationParams{ID: registered.ID, EntryID: &e.ID, UnitID: unitID, DecidedBy: actor(ctx)}); err != nil {
		return 0, err
	}
	if err := note(ctx, q, c.ID, EventApproved, "", []int64{registered.ID}, []int64{e.ID}); err != nil {
		return 0, err
	}
	if err := s.tellApproved(ctx, tx, q, c.ID, fit, entries); err != nil {
		return 0, err
	}
	return e.ID, record(ctx, tx, c.ID, "enter_openly", map[string]any{"registration_id": registered.ID, "numbers": numbersOf(entries)})
}

// refuseAlike keeps somebody out who is there already: by citizen number or phone, or by name, day of birth and unit.
func (s *Service) refuseAlike(ctx context.Context, q *rosterdb.Queries, contestID int64, d Draft, found []Finding) error {
	for _, f := range found {
		switch {
		case f.Code != FoundDuplicate:
		case f.Likeness == LikeCitizen || f.Likeness == LikePhone:
			return cameAlready
		case f.Likeness == LikeNameBirth && f.EntryID != 0:
			other, err := q.EntryIn(ctx, rosterdb.EntryInParams{ID: f.EntryID, ContestID: contestID})
			if err != nil {
				return err
			}
			if d.UnitID != 0 && d.UnitID == other.UnitID || d.UnitID == 0 && unit.SameKey(d.UnitName) == unit.SameKey(other.UnitName) {
				return cameAlready
			}
		}
	}
	return nil
}

func (s *Service) letIn(ctx context.Context, p account.Principal, c contest.Contest, entryID int64, agent string) (OpenEntrant, error) {
	keys, err := s.KeysOf(ctx, c.ID, []int64{entryID})
	if err != nil {
		return OpenEntrant{}, err
	}
	if len(keys) == 0 {
		return OpenEntrant{}, entryWithdrawn
	}
	entered, err := s.admit(ctx, p, c, entryID, entryScope(c.ID, ParseNumber(keys[0].Number)), agent)
	return OpenEntrant{Entered: entered, Number: keys[0].Number, Code: keys[0].Code, Path: keys[0].Path}, err
}
