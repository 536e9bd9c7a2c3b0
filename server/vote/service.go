package vote

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/mail"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/vote/votedb"
)

// Parts are the rooms below this one.
type Parts struct {
	DB       *pgxpool.Pool
	Contests *contest.Service
	Roster   *roster.Service
	Mail     *mail.Service
	// Key keeps tickets and addresses unreadable.
	Key   []byte
	NowUs func() int64
	Log   *slog.Logger
	// Address is where the public reaches this server.
	Address string
}

// Service keeps vote rounds.
type Service struct {
	Parts
	q        *votedb.Queries
	wrong    *pace
	letters  *pace
	onChange func(contestID, roundID int64)
	onOpen   func(ctx context.Context, contestID, roundID int64, byHand bool)
	frozen   func(ctx context.Context, contestID int64) (bool, error)
}

// How many wrong codes, and how many letters, a network address may ask for in a minute, on a node.
const (
	wrongAMinute   = 120
	lettersAMinute = 60
)

// New opens the room.
func New(p Parts) *Service {
	return &Service{Parts: p, q: votedb.New(p.DB), wrong: newPace(wrongAMinute), letters: newPace(lettersAMinute), onChange: func(int64, int64) {},
		onOpen: func(context.Context, int64, int64, bool) {},
		frozen: func(context.Context, int64) (bool, error) { return false, nil }}
}

// OnChange is told after something of a round has changed on this node. It must be quick.
func (s *Service) OnChange(f func(contestID, roundID int64)) { s.onChange = f }

// OnOpen is told after a vote was opened on this node, by an organizer's hand or by the clock.
func (s *Service) OnOpen(f func(ctx context.Context, contestID, roundID int64, byHand bool)) {
	s.onOpen = f
}

// UseFrozen plugs in whether the public board stands still: then no count may go past it.
func (s *Service) UseFrozen(f func(ctx context.Context, contestID int64) (bool, error)) { s.frozen = f }

// SetUp gives a new round its settings, in the transaction that makes it (contest.RoundKind).
func (s *Service) SetUp(ctx context.Context, tx pgx.Tx, round contest.Round, _ contest.RoundSpec) error {
	return s.create(ctx, tx, round.ID, DefaultSettings)
}

// Copy gives a new round the settings of another one; times belong to the evening and stay behind (contest.RoundKind).
func (s *Service) Copy(ctx context.Context, tx pgx.Tx, from, to contest.Round) error {
	v, err := s.load(ctx, s.q.WithTx(tx), from)
	if err != nil {
		return err
	}
	v.Settings.OpensUs, v.Settings.ClosesUs = 0, 0
	return s.create(ctx, tx, to.ID, v.Settings)
}

func (s *Service) create(ctx context.Context, tx pgx.Tx, roundID int64, settings Settings) error {
	b, err := audit.Canonical(settings)
	if err != nil {
		return err
	}
	if err := s.q.WithTx(tx).CreateVoteRound(ctx, votedb.CreateVoteRoundParams{RoundID: roundID, Settings: b}); err != nil {
		return err
	}
	return s.Contests.SetRoundMaxScore(ctx, tx, roundID, settings.Max)
}

// Missing lists what a round needs before it can be opened (contest.RoundKind).
func (s *Service) Missing(ctx context.Context, round contest.Round) ([]contest.Missing, error) {
	v, err := s.get(ctx, round)
	if err != nil {
		return nil, err
	}
	done := v.Settings.Mail && s.Mail.On()
	if v.Settings.Tickets && !done {
		batches, err := s.q.TicketBatches(ctx, round.ID)
		if err != nil {
			return nil, postgres.Fault(err)
		}
		done = len(batches) > 0
	}
	return []contest.Missing{{Code: "vote_tickets", Done: done, RoundID: round.ID,
		Vi: "Phiếu bình chọn của “" + round.Name + "”", En: "Tickets of the vote “" + round.Name + "”"}}, nil
}

func (s *Service) round(ctx context.Context, contestID, roundID int64) (contest.Round, error) {
	round, err := s.Contests.Round(ctx, contestID, roundID)
	if err == nil && round.Kind != contest.Vote {
		return contest.Round{}, fault.NothingHere
	}
	return round, err
}

func (s *Service) get(ctx context.Context, round contest.Round) (Vote, error) {
	v, err := s.load(ctx, s.q, round)
	return v, postgres.Fault(err)
}

func (s *Service) load(ctx context.Context, q *votedb.Queries, round contest.Round) (Vote, error) {
	row, err := q.VoteRound(ctx, round.ID)
	if err != nil {
		return Vote{}, err
	}
	return voteOf(round, row)
}

func voteOf(round contest.Round, row votedb.VoteRound) (Vote, error) {
	v := Vote{RoundID: round.ID, ContestID: round.ContestID, Round: round.Name, OpenedUs: row.OpenedUs, ClosedUs: row.ClosedUs, PublishedUs: row.PublishedUs}
	if err := json.Unmarshal(row.Settings, &v.Settings); err != nil {
		return v, fmt.Errorf("settings of vote %d: %w", round.ID, err)
	}
	return v, nil
}

// change runs fn on the round as it stands: no vote is cast meanwhile.
func (s *Service) change(ctx context.Context, contestID, roundID int64, fn func(tx pgx.Tx, q *votedb.Queries, v Vote) error) error {
	round, err := s.round(ctx, contestID, roundID)
	if err != nil {
		return err
	}
	err = postgres.InTxRetry(ctx, s.DB, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		row, err := q.LockVoteRound(ctx, roundID)
		if err != nil {
			return err
		}
		v, err := voteOf(round, row)
		if err != nil {
			return err
		}
		return fn(tx, q, v)
	})
	if err != nil {
		return postgres.Fault(err)
	}
	s.onChange(round.ContestID, roundID)
	return nil
}

// SetSettings replaces the settings. From the opening on only the end can be moved, and not once it has passed.
func (s *Service) SetSettings(ctx context.Context, contestID, roundID int64, settings Settings) error {
	if err := settings.Check(); err != nil {
		return err
	}
	if settings.Mail && !s.Mail.On() {
		return errMailOff
	}
	return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *votedb.Queries, v Vote) error {
		if v.OpenedUs > 0 {
			kept := v.Settings
			kept.ClosesUs = settings.ClosesUs
			if kept != settings || v.State(s.NowUs()) == Closed {
				return errSettingsStand
			}
		}
		b, err := audit.Canonical(settings)
		if err != nil {
			return err
		}
		if err := q.SetVoteSettings(ctx, votedb.SetVoteSettingsParams{RoundID: roundID, Settings: b}); err != nil {
			return err
		}
		if err := s.Contests.SetRoundMaxScore(ctx, tx, roundID, settings.Max); err != nil {
			return err
		}
		return audit.Append(ctx, tx, v.ContestID, "vote.settings", map[string]any{"round": roundID, "settings": settings})
	})
}

// Open lets people vote, for the entries that take part now.
func (s *Service) Open(ctx context.Context, contestID, roundID int64) error {
	err := s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *votedb.Queries, v Vote) error {
		state, _, err := s.Contests.HoldState(ctx, tx, v.ContestID) // nobody ends the contest meanwhile
		if err != nil {
			return err
		}
		if state != contest.Running {
			return errNotRunning
		}
		return s.open(ctx, tx, q, v, s.NowUs())
	})
	if err == nil {
		s.onOpen(ctx, contestID, roundID, true)
	}
	return err
}

func (s *Service) open(ctx context.Context, tx pgx.Tx, q *votedb.Queries, v Vote, atUs int64) error {
	if v.OpenedUs > 0 {
		return errOpened
	}
	if v.Settings.ClosesUs > 0 && atUs >= v.Settings.ClosesUs {
		return errSettings.At("closes_us", "Giờ đóng đã qua.", "Its end has passed already.")
	}
	entries, err := s.takingPart(ctx, v)
	if err != nil {
		return err
	}
	if len(entries) < 2 {
		return errNoCandidates
	}
	ids := make([]int64, len(entries))
	for i, e := range entries {
		ids[i] = e.ID
	}
	if err := q.AddCandidates(ctx, votedb.AddCandidatesParams{RoundID: v.RoundID, EntryIds: ids}); err != nil {
		return err
	}
	if err := q.OpenVote(ctx, votedb.OpenVoteParams{RoundID: v.RoundID, AtUs: atUs}); err != nil {
		return err
	}
	if err := s.Contests.SetRoundState(ctx, tx, v.RoundID, contest.RoundRunning); err != nil {
		return err
	}
	return audit.Append(ctx, tx, v.ContestID, "vote.open", map[string]any{"round": v.RoundID, "candidates": ids})
}

// Close ends the vote for good: votes that were acknowledged before are counted.
func (s *Service) Close(ctx context.Context, contestID, roundID int64) error {
	return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *votedb.Queries, v Vote) error {
		if v.OpenedUs == 0 || v.ClosedUs > 0 {
			return errNothingToClose
		}
		return s.close(ctx, tx, q, v, s.NowUs())
	})
}

func (s *Service) close(ctx context.Context, tx pgx.Tx, q *votedb.Queries, v Vote, atUs int64) error {
	if v.Settings.ClosesUs > 0 {
		atUs = min(atUs, v.Settings.ClosesUs)
	}
	if err := q.CloseVote(ctx, votedb.CloseVoteParams{RoundID: v.RoundID, AtUs: atUs}); err != nil {
		return err
	}
	// Nobody needs a code any more.
	if err := q.DropCodes(ctx, v.RoundID); err != nil {
		return err
	}
	if err := s.Contests.SetRoundState(ctx, tx, v.RoundID, contest.Scored); err != nil {
		return err
	}
	t, err := tallyOf(ctx, q, v.RoundID)
	if err != nil {
		return err
	}
	return audit.Append(ctx, tx, v.ContestID, "vote.close", map[string]any{"round": v.RoundID, "votes": sum(t.Counts), "withdrawn_votes": sum(t.Withdrawn)})
}

// Publish makes a hidden count public.
func (s *Service) Publish(ctx context.Context, contestID, roundID int64) error {
	return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *votedb.Queries, v Vote) error {
		if v.ClosedUs == 0 {
			return errNotClosed
		}
		if v.PublishedUs > 0 {
			return nil
		}
		if err := q.PublishVote(ctx, votedb.PublishVoteParams{RoundID: roundID, AtUs: s.NowUs()}); err != nil {
			return err
		}
		return audit.Append(ctx, tx, v.ContestID, "vote.publish", map[string]any{"round": roundID})
	})
}

// takingPart are the entries that one could vote for now.
func (s *Service) takingPart(ctx context.Context, v Vote) ([]roster.Entry, error) {
	all, err := s.Roster.RoundEntries(ctx, v.ContestID, v.RoundID)
	if err != nil {
		return nil, err
	}
	active := make([]roster.Entry, 0, len(all))
	for _, e := range all {
		if e.State == roster.EntryActive {
			active = append(active, e)
		}
	}
	return active, nil
}
