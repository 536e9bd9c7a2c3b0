package exam

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"golang.org/x/text/unicode/norm"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
)

// AppealState is where an appeal stands.
type AppealState string

// States of an appeal.
const (
	AppealOpen      AppealState = "open"
	AppealAccepted  AppealState = "accepted"
	AppealRejected  AppealState = "rejected"
	AppealWithdrawn AppealState = "withdrawn"
)

// OwnAppeal is an appeal as the one who made it sees it.
type OwnAppeal struct {
	ID         int64       `json:"id"`
	AttemptID  int64       `json:"attempt_id"`
	Place      int16       `json:"place" doc:"The item; 0: the result as a whole"`
	Body       string      `json:"body"`
	AtUs       int64       `json:"at_us"`
	State      AppealState `json:"state" enum:"open,accepted,rejected,withdrawn"`
	Answer     string      `json:"answer,omitempty"`
	AnsweredUs int64       `json:"answered_us,omitzero"`
	Corrected  bool        `json:"corrected,omitzero" doc:"A correction of the scores came of it"`
}

// AppealWanted is what a contestant writes.
type AppealWanted struct {
	AttemptID int64  `json:"attempt_id" minimum:"1"`
	Place     int16  `json:"place" minimum:"0" maximum:"300" doc:"The item; 0: the result as a whole"`
	Body      string `json:"body" minLength:"1" maxLength:"4000"`
}

const (
	dayUs          = 24 * 3600 * 1_000_000
	leastAppeal    = 5
	mostAppeal     = 2000
	appealsAPlace  = 2  // after a rejected one a second, with what is new
	appealsAnEntry = 50 // in a round
)

var (
	errAppealsClosed = conflict("exam_appeals_closed",
		"Ngoài thời gian nhận phúc khảo nên chưa gửi được. Kết quả của bạn vẫn được giữ nguyên.",
		"Appeals are not taken now, so it was not sent. Your result stands as it is.")
	errAppealThere = conflict("exam_appeal_there",
		"Bạn đã gửi phúc khảo về mục này rồi. Hãy xem trả lời ở trang kết quả.", "You have appealed about this already. See the answer on your result page.")
	errAppealText = fault.New(fault.Invalid, "exam_appeal_text",
		"Hãy viết nội dung từ 5 đến 2.000 ký tự. Chưa gửi gì.", "Write 5 to 2,000 characters. Nothing was sent.")
	errAppealDone = conflict("exam_appeal_done",
		"Đơn này đã được trả lời hoặc đã rút. Hãy tải lại trang.", "This appeal has been answered or withdrawn. Reload the page.")
	errAppealKeys = conflict("exam_appeal_items_closed",
		"Chưa công bố đáp án nên chưa phúc khảo từng câu được; bạn có thể phúc khảo kết quả chung.",
		"The right answers are not shown yet, so single items can't be appealed; the result as a whole can.")
)

// appealsUntil is until when appeals about a period are taken; 0: they are not. They begin when results are shown, at the
// earliest when everything of the period is counted.
func (f *facts) appealsUntil(p Period) int64 {
	if f.settings.AppealDays == 0 || p.SettledUs == 0 || f.contest.State == contest.Finalized || f.contest.State == contest.Archived {
		return 0
	}
	begin := int64(0)
	for _, m := range []Moment{f.settings.ShowScore, f.settings.ShowKeys, f.settings.ShowBoard} {
		switch {
		case !f.shows(m, p):
		case m == Published:
			begin = max(begin, f.published)
		default:
			begin = max(begin, p.SettledUs)
		}
	}
	if begin == 0 {
		return 0
	}
	return begin + int64(f.settings.AppealDays)*dayUs
}

// Appeal asks for a review of an item, or of the result.
func (s *Service) Appeal(ctx context.Context, p account.Principal, roundID int64, in AppealWanted) (int64, error) {
	r, entry, err := s.contestant(ctx, p, roundID)
	if err != nil {
		return 0, err
	}
	if err := r.refresh(ctx); err != nil {
		return 0, err
	}
	body := norm.NFC.String(strings.TrimSpace(in.Body))
	if n := utf8.RuneCountInString(body); n < leastAppeal || n > mostAppeal || !utf8.ValidString(body) || strings.ContainsRune(body, 0) {
		return 0, errAppealText
	}
	row, period, err := s.ownAttempt(ctx, r, entry.EntryID, in.AttemptID)
	if err != nil {
		return 0, err
	}
	f := r.known()
	switch {
	case s.nowUs() >= f.appealsUntil(period):
		return 0, errAppealsClosed
	case in.Place > 0 && !f.keysShown(period):
		return 0, errAppealKeys
	}
	if in.Place > 0 {
		if _, err := s.itemAt(ctx, r, row.ID, in.Place); err != nil {
			return 0, err
		}
	}
	var id int64
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		state, _, err := s.contests.HoldState(ctx, tx, f.contest.ID)
		if err != nil {
			return err
		}
		if state == contest.Finalized || state == contest.Archived {
			return errAppealsClosed
		}
		mine, err := q.AppealsOfEntry(ctx, examdb.AppealsOfEntryParams{RoundID: roundID, EntryID: entry.EntryID})
		if err != nil {
			return err
		}
		about := 0
		for _, a := range mine {
			if a.AttemptID == in.AttemptID && a.Place == in.Place && a.State != string(AppealWithdrawn) {
				about++
			}
		}
		if about >= appealsAPlace || len(mine) >= appealsAnEntry {
			return errAppealThere
		}
		id, err = q.AddAppeal(ctx, examdb.AddAppealParams{RoundID: roundID, EntryID: entry.EntryID, AttemptID: in.AttemptID, Place: in.Place, Body: body, AtUs: s.nowUs()})
		if errors.Is(err, pgx.ErrNoRows) {
			return errAppealThere
		}
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, f.contest.ID, "exam.appeal", map[string]any{"round": roundID, "appeal": id, "entry": entry.EntryID, "place": in.Place})
	})
	s.control.stir(roundID) // whoever runs the round sees at once that somebody waits
	return id, postgres.Fault(err)
}

// WithdrawAppeal takes an own appeal back that nobody has answered.
func (s *Service) WithdrawAppeal(ctx context.Context, p account.Principal, roundID, id int64) error {
	r, entry, err := s.contestant(ctx, p, roundID)
	if err != nil {
		return err
	}
	defer s.control.stir(roundID)
	return postgres.Fault(postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		n, err := s.q.WithTx(tx).WithdrawAppeal(ctx, examdb.WithdrawAppealParams{ID: id, RoundID: roundID, EntryID: entry.EntryID})
		if err != nil {
			return err
		}
		if n == 0 {
			return errAppealDone
		}
		return audit.Append(ctx, tx, r.known().contest.ID, "exam.appeal_withdrawn", map[string]any{"round": roundID, "appeal": id, "entry": entry.EntryID})
	}))
}

func (s *Service) ownAppeals(ctx context.Context, r *room, entryID int64) ([]OwnAppeal, error) {
	rows, err := s.q.AppealsOfEntry(ctx, examdb.AppealsOfEntryParams{RoundID: r.id, EntryID: entryID})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	list := make([]OwnAppeal, 0, len(rows))
	for _, a := range rows {
		list = append(list, OwnAppeal{ID: a.ID, AttemptID: a.AttemptID, Place: a.Place, Body: a.Body, AtUs: a.AtUs, State: AppealState(a.State),
			Answer: a.Answer, AnsweredUs: a.AnsweredUs, Corrected: a.EventSeq != 0})
	}
	return list, nil
}

// AppealView is an appeal in the organizers' queue, with what it is about.
type AppealView struct {
	OwnAppeal
	EntryID  int64       `json:"entry_id"`
	Number   string      `json:"number"`
	Name     string      `json:"name"`
	Unit     string      `json:"unit"`
	PeriodID int64       `json:"period_id"`
	Attempt  int         `json:"attempt" doc:"Number of the attempt"`
	EventSeq int64       `json:"event_seq,omitzero" doc:"The correction that came of it"`
	Item     *ReviewItem `json:"item,omitempty" doc:"The item with the entry's answer and the key that counts"`
	Version  int64       `json:"version,omitzero" doc:"Of the item, as it was drawn"`
}

// AppealCounts says how many there are.
type AppealCounts struct {
	Open     int `json:"open"`
	Accepted int `json:"accepted"`
	Rejected int `json:"rejected"`
}

// Appeals lists those of a round for organizers, open ones first, the oldest first.
func (s *Service) Appeals(ctx context.Context, contestID, roundID int64, state AppealState, offset, limit int) ([]AppealView, AppealCounts, error) {
	var counts AppealCounts
	r, err := s.fresh(ctx, contestID, roundID)
	if err != nil {
		return nil, counts, err
	}
	numbers, err := s.q.CountAppeals(ctx, roundID)
	if err != nil {
		return nil, counts, postgres.Fault(err)
	}
	for _, n := range numbers {
		switch AppealState(n.State) {
		case AppealOpen:
			counts.Open = int(n.Appeals)
		case AppealAccepted:
			counts.Accepted = int(n.Appeals)
		case AppealRejected:
			counts.Rejected = int(n.Appeals)
		case AppealWithdrawn:
		}
	}
	rows, err := s.q.AppealsOfRound(ctx, examdb.AppealsOfRoundParams{RoundID: roundID, State: string(state), FromRow: int32(offset), Many: int32(limit)})
	if err != nil {
		return nil, counts, postgres.Fault(err)
	}
	items, versions, err := s.appealedItems(ctx, r, rows)
	if err != nil {
		return nil, counts, err
	}
	list := make([]AppealView, 0, len(rows))
	for _, a := range rows {
		list = append(list, AppealView{OwnAppeal: OwnAppeal{ID: a.ID, AttemptID: a.AttemptID, Place: a.Place, Body: a.Body, AtUs: a.AtUs,
			State: AppealState(a.State), Answer: a.Answer, AnsweredUs: a.AnsweredUs, Corrected: a.EventSeq != 0}, EntryID: a.EntryID,
			Number: roster.NumberText(int(a.EntryNumber)), Name: a.EntryName, Unit: a.UnitName, PeriodID: a.PeriodID, Attempt: int(a.AttemptNumber),
			EventSeq: a.EventSeq, Item: items[a.ID], Version: versions[a.ID]})
	}
	return list, counts, nil
}

// appealedItems finds what appeals are about, by appeal.
func (s *Service) appealedItems(ctx context.Context, r *room, rows []examdb.AppealsOfRoundRow) (map[int64]*ReviewItem, map[int64]int64, error) {
	items, versions := map[int64]*ReviewItem{}, map[int64]int64{}
	f := r.known()
	for _, a := range rows {
		if a.Place == 0 {
			continue
		}
		row, err := s.q.ResultAttempt(ctx, examdb.ResultAttemptParams{RoundID: r.id, ID: a.AttemptID})
		if err != nil {
			return nil, nil, postgres.Fault(err)
		}
		answers, err := s.q.FinalResponses(ctx, []int64{a.AttemptID})
		if err != nil {
			return nil, nil, postgres.Fault(err)
		}
		paper, err := r.review(ctx, f, row, answers, true)
		if err != nil {
			return nil, nil, err
		}
		if int(a.Place) <= len(paper.Items) {
			items[a.ID] = &paper.Items[a.Place-1]
		}
		if versions[a.ID], err = s.itemAt(ctx, r, a.AttemptID, a.Place); err != nil {
			return nil, nil, err
		}
	}
	return items, versions, nil
}

// AnswerAppeal accepts or rejects an appeal, with a reason that the contestant reads. A correction of scores is an act of
// its own, and names the appeal.
func (s *Service) AnswerAppeal(ctx context.Context, contestID, roundID, id int64, accept bool, answer string) error {
	round, err := s.contests.Round(ctx, contestID, roundID)
	if err != nil {
		return err
	}
	answer = norm.NFC.String(strings.TrimSpace(answer))
	if n := utf8.RuneCountInString(answer); n < leastAppeal || n > mostAppeal || !utf8.ValidString(answer) || strings.ContainsRune(answer, 0) {
		return errAppealText
	}
	state := AppealRejected
	if accept {
		state = AppealAccepted
	}
	defer s.control.stir(roundID)
	return postgres.Fault(postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		at, _, err := s.contests.HoldState(ctx, tx, round.ContestID)
		if err != nil {
			return err
		}
		if at == contest.Archived {
			return errContestOver
		}
		row, err := s.q.WithTx(tx).AnswerAppeal(ctx, examdb.AnswerAppealParams{ID: id, RoundID: roundID, State: string(state), Answer: answer,
			AnsweredUs: s.nowUs(), AnsweredBy: account.From(ctx).AccountID})
		if errors.Is(err, pgx.ErrNoRows) {
			return errAppealDone
		}
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, round.ContestID, "exam.appeal_"+string(state), map[string]any{"round": roundID, "appeal": id,
			"entry": row.EntryID, "place": row.Place, "reason": answer})
	}))
}
