package roster

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

// ChangeState is where a request for a change stands.
type ChangeState string

const (
	ChangeOpen      ChangeState = "open"
	ChangeAccepted  ChangeState = "accepted"
	ChangeDeclined  ChangeState = "declined"
	ChangeWithdrawn ChangeState = "withdrawn"
)

// Change is a registrant's request to change what they can no longer change by themselves.
type Change struct {
	ID             int64
	RegistrationID int64 // 0: of an entry that an organizer has added
	EntryID        int64 // 0: not an entry yet
	Number         string
	Name           string
	UnitName       string
	Note           string
	State          ChangeState
	Reason         string
	CreatedAt      time.Time
	DecidedAt      *time.Time
	Differences    []Difference
}

// Difference is one value that would change, as people read it. Citizen numbers are masked.
type Difference struct {
	Vi, En        string // what it is
	Before, After string
}

// sealedDraft is a draft as a request keeps it.
type sealedDraft struct {
	DivisionID int64          `json:"division_id"`
	UnitID     int64          `json:"unit_id"`
	UnitName   string         `json:"unit_name"`
	Name       string         `json:"name"`
	Phone      string         `json:"phone"`
	Email      string         `json:"email"`
	Members    []sealedMember `json:"members"`
}

type sealedMember struct {
	ID     int64      `json:"id"`
	Name   string     `json:"name"`
	Role   MemberRole `json:"role"`
	Person Person     `json:"person"`
}

func (s *Service) sealDraft(contestID int64, d Draft) ([]byte, error) {
	out := sealedDraft{DivisionID: d.DivisionID, UnitID: d.UnitID, UnitName: d.UnitName, Name: d.Name, Phone: d.Phone, Email: d.Email}
	for _, m := range d.Members {
		out.Members = append(out.Members, sealedMember{ID: m.ID, Name: m.Name, Role: m.Role, Person: m.Person})
	}
	data, err := json.Marshal(out)
	return s.secrets.sealed("change", contestID, string(data)), err
}

func (s *Service) openDraft(contestID int64, sealed []byte) (Draft, error) {
	plain, err := s.secrets.opened("change", contestID, sealed)
	if err != nil {
		return Draft{}, err
	}
	var in sealedDraft
	if err := json.Unmarshal([]byte(plain), &in); err != nil {
		return Draft{}, err
	}
	d := Draft{DivisionID: in.DivisionID, UnitID: in.UnitID, UnitName: in.UnitName, Name: in.Name, Phone: in.Phone, Email: in.Email}
	for _, m := range in.Members {
		d.Members = append(d.Members, Member{ID: m.ID, Name: m.Name, Role: m.Role, Person: m.Person})
	}
	return d, nil
}

var (
	nothingChanged = fault.New(fault.Invalid, "nothing_changed", "Chưa có mục nào khác so với đăng ký hiện tại nên chưa gửi.",
		"Nothing differs from the registration, so nothing was sent.")
	changeWaits = fault.New(fault.Conflict, "change_waits", "Đã có một đề nghị thay đổi đang chờ trả lời. Hãy rút đề nghị đó trước khi gửi đề nghị khác.",
		"A request for a change is waiting already. Withdraw it before you send another.")
	changeAnswered = fault.New(fault.Conflict, "change_answered", "Yêu cầu này đã được trả lời hoặc đã rút.", "This request has been answered or withdrawn.")
)

// differences lists what a draft changes, in the order of the form. units names units by number.
func differences(r Rules, before, after Draft, units map[int64]string) []Difference {
	var out []Difference
	say := func(vi, en, a, b string) {
		if a != b {
			out = append(out, Difference{Vi: vi, En: en, Before: a, After: b})
		}
	}
	name := func(id int64, typed string) string {
		if id != 0 {
			return units[id]
		}
		return typed
	}
	division := func(id int64) string {
		for _, d := range r.Divisions {
			if d.ID == id {
				return d.Name
			}
		}
		return ""
	}
	say("Bảng thi", "Division", division(before.DivisionID), division(after.DivisionID))
	say("Đơn vị", "Unit", name(before.UnitID, before.UnitName), name(after.UnitID, after.UnitName))
	if r.Kind == KindTeam {
		say("Tên đội", "Team", before.Name, after.Name)
		say("Điện thoại liên hệ", "Contact phone", before.Phone, after.Phone)
		say("E-mail liên hệ", "Contact e-mail", before.Email, after.Email)
	}
	roles := map[MemberRole][2]string{RoleCaptain: {"Đội trưởng", "Captain"}, RoleMember: {"Thành viên", "Member"}, RoleReserve: {"Dự bị", "Reserve"}}
	for i := range max(len(before.Members), len(after.Members)) {
		var a, b Member
		if i < len(before.Members) {
			a = before.Members[i]
		}
		if i < len(after.Members) {
			b = after.Members[i]
		}
		vi, en := "", ""
		if r.Kind == KindTeam {
			vi, en = fmt.Sprintf("Thành viên %d: ", i+1), fmt.Sprintf("Member %d: ", i+1)
			say(vi+"vai trò", en+"role", roles[a.Role][0], roles[b.Role][0])
		}
		say(vi+"Họ và tên", en+"Full name", a.Name, b.Name)
		for _, f := range r.Asked() {
			x, y := a.Get(f.Key), b.Get(f.Key)
			if x == y {
				continue
			}
			d := Difference{Vi: vi + f.Vi, En: en + f.Label("en"), Before: f.Shown(x, "vi"), After: f.Shown(y, "vi")}
			if d.Before == d.After {
				d.After += " (số khác)" // two numbers that look alike behind the mask
			}
			out = append(out, d)
		}
	}
	return out
}

// changes reads requests of a contest; what is zero does not narrow.
func (s *Service) changes(ctx context.Context, q *rosterdb.Queries, c contest.Contest, p rosterdb.ChangesParams) ([]Change, error) {
	p.ContestID = c.ID
	rows, err := q.Changes(ctx, p)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	rules, err := s.rulesOf(ctx, q, c)
	if err != nil {
		return nil, err
	}
	out := make([]Change, len(rows))
	for i, r := range rows {
		before, err := s.openDraft(c.ID, r.BeforeSealed)
		if err != nil {
			return nil, err
		}
		after, err := s.openDraft(c.ID, r.AfterSealed)
		if err != nil {
			return nil, err
		}
		names := map[int64]string{}
		for _, id := range []int64{before.UnitID, after.UnitID} {
			if id != 0 {
				u, err := s.units.Get(ctx, id)
				if err != nil {
					return nil, err
				}
				names[id] = u.Name
			}
		}
		out[i] = Change{ID: r.ID, RegistrationID: r.RegistrationID, EntryID: r.EntryID, Name: r.Name, UnitName: r.UnitName, Note: r.Note,
			State: ChangeState(r.State), Reason: r.Reason, CreatedAt: r.CreatedAt, DecidedAt: r.DecidedAt, Differences: differences(rules, before, after, names)}
		if r.Number > 0 {
			out[i].Number = NumberText(int(r.Number))
		}
	}
	return out, nil
}

// Changes lists requests, oldest first.
func (s *Service) Changes(ctx context.Context, contestID int64, state ChangeState, after int64) ([]Change, int64, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return nil, 0, err
	}
	list, err := s.changes(ctx, s.q, c, rosterdb.ChangesParams{State: string(state), After: after, Most: PageSize + 1})
	if err != nil || len(list) <= PageSize {
		return list, 0, err
	}
	return list[:PageSize], list[PageSize-1].ID, nil
}

// AnswerChange accepts a request, which changes the entry or registration, or declines it with a reason. despite is why a
// change is taken that the rules refuse.
func (s *Service) AnswerChange(ctx context.Context, contestID, id int64, accept bool, reason, despite string) error {
	reason, err := answerReason(accept, reason)
	if err != nil {
		return err
	}
	despite, err = despiteReason(despite)
	if err != nil {
		return err
	}
	return s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		if err := changeable(c); err != nil {
			return err
		}
		rows, err := q.Changes(ctx, rosterdb.ChangesParams{ContestID: contestID, ID: id, State: string(ChangeOpen), Most: 1})
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return changeAnswered
		}
		request := rows[0]
		state, happened, action := ChangeDeclined, EventChangeDeclined, "decline_change"
		if accept {
			state, happened, action = ChangeAccepted, EventChangeAccepted, "accept_change"
			if err := s.applyChange(ctx, tx, q, c, request, despite); err != nil {
				return err
			}
		}
		if _, err := q.DecideChange(ctx, rosterdb.DecideChangeParams{ID: id, ContestID: contestID, State: string(state), Reason: reason, DecidedBy: actor(ctx)}); err != nil {
			return err
		}
		if err := note(ctx, q, contestID, happened, reason, []int64{request.RegistrationID}, []int64{request.EntryID}); err != nil {
			return err
		}
		news := News{Kind: NewsChangeAnswered, Reason: reason}
		if request.Number > 0 {
			news.Number = NumberText(int(request.Number))
		}
		if err := s.tellAnswer(ctx, tx, q, request, news); err != nil {
			return err
		}
		payload := map[string]any{"change": id, "registration": request.RegistrationID}
		if request.RegistrationID == 0 {
			payload = map[string]any{"change": id, "entry_id": request.EntryID}
		}
		if err := record(ctx, tx, contestID, action, withReason(payload, despite)); err != nil {
			return err
		}
		_, err = s.fillPlaces(ctx, tx, q, c)
		return err
	})
}

// tellAnswer tells those who can be written to what has become of a request.
func (s *Service) tellAnswer(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, request rosterdb.ChangesRow, news News) error {
	if request.RegistrationID != 0 {
		return s.tellOf(ctx, tx, q, request.ContestID, []int64{request.RegistrationID}, news)
	}
	e, err := q.EntryIn(ctx, rosterdb.EntryInParams{ID: request.EntryID, ContestID: request.ContestID})
	if err != nil {
		return err
	}
	news.ContestID, news.EntryID, news.Email, news.Name = request.ContestID, e.ID, e.Email, e.Name
	return s.tell(ctx, tx, news)
}

// closeChanges ends requests that no longer have anything to change: their registration or entry is out of the contest.
func closeChanges(ctx context.Context, q *rosterdb.Queries, contestID int64, reason string, registrations, entries []int64) error {
	closed, err := q.CloseChanges(ctx, rosterdb.CloseChangesParams{ContestID: contestID, Reason: reason, DecidedBy: actor(ctx),
		RegistrationIds: notNil(registrations), EntryIds: notNil(entries)})
	if err != nil || len(closed) == 0 {
		return err
	}
	of := make([]int64, len(closed))
	owned := make([]int64, len(closed))
	for i, c := range closed {
		of[i], owned[i] = c.RegistrationID, c.EntryID
	}
	return note(ctx, q, contestID, EventChangeDeclined, reason, of, owned)
}

func answerReason(accept bool, reason string) (string, error) {
	if accept && strings.TrimSpace(reason) == "" {
		return "", nil
	}
	return checkReason(reason)
}

func (s *Service) applyChange(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, c contest.Contest, request rosterdb.ChangesRow, despite string) error {
	d, err := s.openDraft(c.ID, request.AfterSealed)
	if err != nil {
		return err
	}
	rules, err := s.rulesOf(ctx, q, c)
	if err != nil {
		return err
	}
	if request.EntryID != 0 {
		return s.rewriteEntry(ctx, tx, q, c, rules, request.EntryID, int(request.Number), d, despite)
	}
	return s.rewriteRegistration(ctx, q, c, rules, request.RegistrationID, RegistrationState(request.RegistrationState), d, despite, true)
}
