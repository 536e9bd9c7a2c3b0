package exam

import (
	"context"
	"errors"
	"fmt"
	"strconv"
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
)

// hintNews says that everybody in a round has something new to read; payload: the round, and the node that says so.
const hintNews = "exam/news"

// How much a contestant may ask: enough for whoever has a question, too little to drown those of others.
const (
	maxQuestions = 30
	maxUnheard   = 5
)

var (
	errMessage = fault.New(fault.Invalid, "message_invalid",
		"Nội dung cần từ 1 đến 2.000 ký tự. Chưa gửi.", "The text needs 1 to 2,000 characters. It was not sent.")
	errManyQuestions = fault.New(fault.TooMany, "too_many_questions",
		"Các câu hỏi trước của bạn chưa được trả lời hết, hoặc bạn đã hỏi đủ 30 câu. Chưa gửi câu này; bài làm không bị ảnh hưởng.",
		"Your earlier questions still wait for an answer, or you have asked 30. This one was not sent; your attempt is not affected.")
	errNoMessage = fault.New(fault.NotFound, "message_missing", "Không tìm thấy câu hỏi này.", "There is no such question.")
	errReplied   = conflict("message_replied", "Câu hỏi này đã có người trả lời. Hãy xem lại danh sách.", "Somebody has answered this question already. Look at the list again.")
)

// cleanText brings what people write to each other into the form in which it is kept.
func cleanText(text string) (string, error) {
	text = strings.TrimSpace(norm.NFC.String(strings.ReplaceAll(text, "\r\n", "\n")))
	if n := utf8.RuneCountInString(text); n < 1 || n > 2000 || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return "", errMessage
	}
	return text, nil
}

// Announce says something to everybody in a round, or to one entry (id). It is there at once, and stays.
func (s *Service) Announce(ctx context.Context, contestID, roundID, entryID int64, text string) error {
	text, err := cleanText(text)
	if err != nil {
		return err
	}
	err = s.inContest(ctx, contestID, roundID, func(tx pgx.Tx, q *examdb.Queries) error {
		row := examdb.AddMessageParams{RoundID: roundID, Kind: "announcement", Body: text, AtUs: s.nowUs(), ByID: account.From(ctx).AccountID}
		if entryID != 0 {
			_, err := q.ControlEntry(ctx, examdb.ControlEntryParams{ID: entryID, ContestID: contestID})
			if errors.Is(err, pgx.ErrNoRows) {
				return errNoUnitEntry
			}
			if err != nil {
				return err
			}
			row.EntryID = &entryID
		}
		id, err := q.AddMessage(ctx, row)
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, contestID, "exam.announced", map[string]any{"round": roundID, "message": id, "entry": entryID, "text": text})
	})
	if err != nil {
		return err
	}
	s.news(roundID, entryID, entryID == 0)
	return nil
}

// Ask takes a contestant's question. It waits in the organizers' queue, and its answer comes to the same page.
func (s *Service) Ask(ctx context.Context, p account.Principal, roundID, receivedUs int64, in AskCommand) error {
	r, entry, err := s.contestant(ctx, p, roundID)
	if err != nil {
		return err
	}
	text, err := cleanText(in.Body)
	if err != nil {
		return err
	}
	row := examdb.AddMessageParams{RoundID: roundID, Kind: "clarification", EntryID: &entry.EntryID, Body: text, AtUs: receivedUs}
	if in.AttemptID != 0 && in.Place > 0 {
		sat, err := r.sitting(ctx, in.AttemptID)
		if err != nil {
			return err
		}
		if sat == nil || sat.entryID != entry.EntryID || int(in.Place) > len(sat.versions) {
			return errNoPlace
		}
		row.AttemptID, row.Place = &in.AttemptID, &in.Place
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		// One entry's questions come one after another, so that none slips by the limit.
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1::int, $2::int)`, askClass, int32(entry.EntryID)); err != nil {
			return err
		}
		n, err := q.QuestionsOf(ctx, examdb.QuestionsOfParams{RoundID: roundID, EntryID: &entry.EntryID})
		if err != nil {
			return err
		}
		if n.Asked >= maxQuestions || n.Waiting >= maxUnheard {
			return errManyQuestions
		}
		_, err = q.AddMessage(ctx, row)
		return err
	})
	if err != nil {
		return postgres.Fault(err)
	}
	s.news(roundID, entry.EntryID, false)
	return nil
}

// askClass parts the locks of questions from those of other rooms.
const askClass int32 = 0x41534b21 // "ASK!"

// Reply answers a question, to the one who asked or to everybody. The first answer stands.
func (s *Service) Reply(ctx context.Context, contestID, roundID, id int64, text string, everybody bool) error {
	text, err := cleanText(text)
	if err != nil {
		return err
	}
	var asker int64
	err = s.inContest(ctx, contestID, roundID, func(tx pgx.Tx, q *examdb.Queries) error {
		m, err := q.LockMessage(ctx, examdb.LockMessageParams{ID: id, RoundID: roundID})
		switch {
		case errors.Is(err, pgx.ErrNoRows) || err == nil && m.Kind != "clarification":
			return errNoMessage
		case err != nil:
			return err
		case m.ReplyUs != 0:
			return errReplied
		}
		if m.EntryID != nil {
			asker = *m.EntryID
		}
		if err := q.ReplyMessage(ctx, examdb.ReplyMessageParams{ID: id, Reply: text, ReplyUs: s.nowUs(), ReplyBy: account.From(ctx).AccountID, ReplyAll: everybody}); err != nil {
			return err
		}
		return audit.Append(ctx, tx, contestID, "exam.answered", map[string]any{"round": roundID, "message": id, "entry": asker, "all": everybody, "text": text})
	})
	if err != nil {
		return err
	}
	s.news(roundID, asker, everybody)
	return nil
}

// inContest runs a change of a round's messages while the contest is not finalized.
func (s *Service) inContest(ctx context.Context, contestID, roundID int64, fn func(tx pgx.Tx, q *examdb.Queries) error) error {
	if _, err := s.contests.Round(ctx, contestID, roundID); err != nil {
		return err
	}
	return postgres.Fault(postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		state, _, err := s.contests.HoldState(ctx, tx, contestID)
		if err != nil {
			return err
		}
		if state == contest.Finalized || state == contest.Archived {
			return errContestOver
		}
		return fn(tx, s.q.WithTx(tx))
	}))
}

// news shows what was said to whom it concerns, on all nodes.
func (s *Service) news(roundID, entryID int64, everybody bool) {
	s.control.stir(roundID)
	if !everybody {
		s.pushOwn(roundID, entryID)
		return
	}
	s.tellEverybody(strconv.FormatInt(roundID, 10))
	if s.cfg.Relay != nil {
		s.cfg.Relay.Hint(hintNews, fmt.Sprintf("%d/%s", roundID, s.control.node))
	}
}

func (s *Service) heardNews(_, payload string) {
	round, node, _ := strings.Cut(payload, "/")
	if payload == "" || node != s.control.node { // this node has told its own
		s.tellEverybody(round)
	}
}

// tellEverybody shows all of a round on this node what is new; an empty round stands for all: hints may have been missed.
func (s *Service) tellEverybody(round string) {
	for _, r := range s.allRooms() {
		if round == "" || strconv.FormatInt(r.id, 10) == round {
			r.tellOwn()
		}
	}
}

// Messages are the announcements and questions of a round, those that wait first.
func (s *Service) Messages(ctx context.Context, contestID, roundID int64) ([]examdb.MessagesRow, error) {
	if _, err := s.contests.Round(ctx, contestID, roundID); err != nil {
		return nil, err
	}
	rows, err := s.q.Messages(ctx, roundID)
	return rows, postgres.Fault(err)
}
