package result

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/text/unicode/norm"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/leaderboard"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/result/resultdb"
	"github.com/hoithi/hoithi/server/roster"
)

// Inputs gives the canonical bytes of all that a round's scores depend on. app plugs one in for each kind of round.
type Inputs interface {
	Inputs(ctx context.Context, roundID int64) ([]byte, error)
}

// Streamed are Inputs that can be written as they are read: those of a large round are never held whole.
type Streamed interface {
	WriteInputs(ctx context.Context, roundID int64, w io.Writer) error
}

// inputsHash is the SHA-256 over a round's inputs.
func (s *Service) inputsHash(ctx context.Context, r contest.Round) ([]byte, error) {
	source := s.inputs[r.Kind]
	if streamed, ok := source.(Streamed); ok {
		h := sha256.New()
		out := bufio.NewWriterSize(h, 1<<16)
		if err := streamed.WriteInputs(ctx, r.ID, out); err != nil {
			return nil, err
		}
		if err := out.Flush(); err != nil {
			return nil, err
		}
		return h.Sum(nil), nil
	}
	body, err := source.Inputs(ctx, r.ID)
	return hashOf(body), err
}

// Contests is what the results need of the contests.
type Contests interface {
	Get(ctx context.Context, id int64) (contest.Contest, error)
	GetTx(ctx context.Context, tx pgx.Tx, id int64) (contest.Contest, error)
	Visible(ctx context.Context, slug string) (contest.Contest, error)
	SetState(ctx context.Context, tx pgx.Tx, contestID int64, from, to contest.State) error
}

// Boards is what the results need of the boards.
type Boards interface {
	Whole(ctx context.Context, contestID int64) (leaderboard.Board, error)
	// HoldFinal makes the final board the public one; told is false while it is kept back because the board is frozen.
	HoldFinal(ctx context.Context, tx pgx.Tx, contestID int64, b leaderboard.Board) (told bool, err error)
	// Tell makes a final board that was kept back the public one.
	Tell(ctx context.Context, tx pgx.Tx, contestID int64) error
	// Published decides whether the public may read the final result.
	Published(ctx context.Context, contestID int64) (bool, error)
	Changed(contestID int64)
}

// Roster is what the results need of the roster.
type Roster interface {
	Entries(ctx context.Context, contestID int64) ([]roster.Entry, error)
	// UnitPaths are the names above each unit on the contest's day, from the top down.
	UnitPaths(ctx context.Context, contestID int64) (map[int64][]string, error)
	// Masks are what the public reads instead of some entries' names.
	Masks(ctx context.Context, contestID int64) (map[int64]roster.Mask, error)
}

// Service makes and shows final results.
type Service struct {
	db       *pgxpool.Pool
	q        *resultdb.Queries
	contests Contests
	boards   Boards
	roster   Roster
	// unitNames are those of a contest's units, for ties among them.
	unitNames func(ctx context.Context, contestID int64) (map[int64]string, error)
	inputs    map[contest.Kind]Inputs
	telling   func(ctx context.Context, tx pgx.Tx, contestID int64) error
	plans     Plans
}

// New opens the room.
func New(db *pgxpool.Pool, contests Contests, boards Boards, entries Roster, inputs map[contest.Kind]Inputs) *Service {
	return &Service{db: db, q: resultdb.New(db), contests: contests, boards: boards, roster: entries, inputs: inputs}
}

// Revision is one final result as it is stored.
type Revision struct {
	Snapshot Snapshot
	AtUs     int64
	Actor    string
	Hash     []byte
}

// Preview is what finalizing would do now.
type Preview struct {
	Snapshot Snapshot
	Board    leaderboard.Board
	// InputsHash is that of the whole preview: the rounds' inputs, the standings, the names and the rules.
	InputsHash []byte
	Problems   []Problem
	// Changes against the newest revision, when there is one.
	Changes []Change
	// Newest is the newest revision; nil: nothing is final yet.
	Newest *Revision
}

var (
	resultsBlocked = fault.New(fault.Conflict, "results_blocked",
		"Chưa thể chốt kết quả; hãy xem các mục được liệt kê. Chưa có gì thay đổi.",
		"The results cannot be finalized yet; see the list. Nothing has changed.")
	resultsMoved = fault.New(fault.Conflict, "results_moved",
		"Điểm vừa thay đổi so với bản xem trước, nên chưa chốt. Hãy xem lại rồi chốt.",
		"The scores have changed since the preview, so nothing was finalized. Look again, then finalize.")
	notEnded = fault.New(fault.Conflict, "contest_not_ended",
		"Chỉ chốt được khi hội thi đã kết thúc các vòng. Hãy chuyển hội thi sang \"Đã kết thúc\" trước.",
		"Results can be finalized once all rounds are over. Move the contest to \"ended\" first.")
	reasonNeeded = fault.New(fault.Invalid, "reason_needed",
		"Đính chính cần lý do, từ 10 đến 1.000 ký tự; lý do được công bố cùng kết quả.",
		"A correction needs a reason of 10 to 1,000 characters; it is published with the result.")
	nothingChanged = fault.New(fault.Conflict, "nothing_changed",
		"Kết quả không khác bản đã chốt nên không cần đính chính.",
		"The result does not differ from the final one, so there is nothing to correct.")
)

// Preview computes what would become final, from the responses and marks in Postgres.
func (s *Service) Preview(ctx context.Context, contestID int64) (Preview, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return Preview{}, err
	}
	return s.compute(ctx, c)
}

// readings bounds how often a preview is read again because the scores were moving.
const readings = 5

func (s *Service) compute(ctx context.Context, c contest.Contest) (Preview, error) {
	p := Preview{}
	newest, err := s.newest(ctx, c.ID)
	if err != nil {
		return p, err
	}
	p.Newest = newest
	// What the scores depend on, read before and after: equal means that the board belongs to these inputs. While marks
	// and answers come in, a reading may fall between two of them; then it is made again.
	var before []SnapshotRound
	for try := 1; ; try++ {
		if before, err = s.roundHashes(ctx, c); err != nil {
			return p, err
		}
		if p.Board, err = s.boards.Whole(ctx, c.ID); err != nil {
			return p, err
		}
		after, err := s.roundHashes(ctx, c)
		if err != nil {
			return p, err
		}
		if slices.Equal(before, after) {
			break
		}
		if try == readings {
			return p, resultsMoved
		}
	}
	entries, err := s.roster.Entries(ctx, c.ID)
	if err != nil {
		return p, err
	}
	paths, err := s.roster.UnitPaths(ctx, c.ID)
	if err != nil {
		return p, err
	}
	awards, err := s.Awards(ctx, c.ID)
	if err != nil {
		return p, err
	}
	p.Snapshot = snapshotOf(c, p.Board, entries, paths, before)
	p.Snapshot.Awards, p.Snapshot.SidePrizes = Give(awards.Awards, p.Snapshot.Divisions, p.Snapshot.Standings), awards.SidePrizes
	p.Problems = Problems(c, p.Board)
	if err := s.addPlan(ctx, &p); err != nil {
		return p, err
	}
	p.Changes = []Change{}
	if newest != nil {
		p.Snapshot.Revision = newest.Snapshot.Revision + 1
		p.Changes = compareSnapshots(newest.Snapshot, p.Snapshot)
	}
	body, err := audit.Canonical(p.Snapshot)
	p.InputsHash = hashOf(body)
	return p, err
}

func (s *Service) roundHashes(ctx context.Context, c contest.Contest) ([]SnapshotRound, error) {
	rounds := make([]SnapshotRound, 0, len(c.Rounds))
	for _, r := range c.Rounds {
		hash, err := s.inputsHash(ctx, r)
		if err != nil {
			return nil, err
		}
		rounds = append(rounds, SnapshotRound{ID: r.ID, Name: r.Name, Kind: r.Kind, Weight: r.Weight, MaxScore: r.MaxScore,
			InputsHash: hex.EncodeToString(hash)})
	}
	return rounds, nil
}

func snapshotOf(c contest.Contest, b leaderboard.Board, entries []roster.Entry, paths map[int64][]string, rounds []SnapshotRound) Snapshot {
	members, units := map[int64][]string{}, map[int64]int64{}
	for _, e := range entries {
		units[e.ID] = e.UnitID
		for _, m := range e.Members {
			members[e.ID] = append(members[e.ID], m.Name)
		}
	}
	snap := Snapshot{Format: format, ContestID: c.ID, Slug: c.Slug, Name: c.Name, OrganizerName: c.OrganizerName, Revision: 1,
		TieBreakers: b.TieBreakers, Divisions: b.Divisions, Rounds: rounds, Standings: []Standing{}}
	for _, r := range b.Rows {
		st := Standing{EntryID: r.EntryID, Number: r.Number, Name: r.Name, UnitID: units[r.EntryID], UnitName: r.UnitName, UnitPath: paths[units[r.EntryID]], Members: members[r.EntryID],
			DivisionID: r.DivisionID, Place: r.Place, Level: r.Level, Kind: r.Kind, Tied: r.Tied, Total: r.Total, Scores: r.Scores}
		if st.Members == nil {
			st.Members = []string{}
		}
		snap.Standings = append(snap.Standings, st)
	}
	return snap
}

// Finalize makes the standings final. inputs is the hash that the preview showed: scores that changed since then are
// not finalized unseen. A second call is a correction and needs a reason.
func (s *Service) Finalize(ctx context.Context, contestID int64, inputs []byte, reason string) (Revision, error) {
	reason = norm.NFC.String(strings.TrimSpace(reason))
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return Revision{}, err
	}
	if c.State != contest.Ended && c.State != contest.Finalized {
		return Revision{}, notEnded
	}
	p, err := s.compute(ctx, c)
	if err != nil {
		return Revision{}, err
	}
	if err := checkFinalize(p, inputs, reason); err != nil {
		return Revision{}, err
	}
	p.Snapshot.Reason = ""
	if p.Newest != nil {
		p.Snapshot.Reason = reason
	}
	body, err := audit.Canonical(p.Snapshot)
	if err != nil {
		return Revision{}, err
	}
	who := account.From(ctx)
	params := resultdb.AddRevisionParams{ContestID: contestID, Revision: int32(p.Snapshot.Revision), Actor: who.Name,
		Reason: p.Snapshot.Reason, Snapshot: body, Hash: hashOf(body), InputsHash: p.InputsHash}
	if who.AccountID != 0 {
		params.AccountID = &who.AccountID
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		now, err := s.contests.GetTx(ctx, tx, contestID) // locks the contest: two people can't finalize at once
		if err != nil {
			return err
		}
		if now.State != c.State || now.Version != c.Version {
			return resultsMoved
		}
		if err := s.mayTell(ctx, tx, contestID); err != nil {
			return err
		}
		// Once more with the contest locked: nothing of what was shown may have moved in the meantime.
		rounds, err := s.roundHashes(ctx, now)
		if err != nil {
			return err
		}
		if !slices.Equal(rounds, p.Snapshot.Rounds) {
			return resultsMoved
		}
		if same, err := s.samePlan(ctx, contestID, p.Snapshot.Plan); err != nil || !same {
			return cmp.Or(err, error(resultsMoved))
		}
		if now.State == contest.Ended {
			if err := s.contests.SetState(ctx, tx, contestID, contest.Ended, contest.Finalized); err != nil {
				return err
			}
		}
		if err := s.q.WithTx(tx).AddRevision(ctx, params); err != nil {
			if postgres.IsUniqueViolation(err) {
				return resultsMoved
			}
			return err
		}
		told, err := s.boards.HoldFinal(ctx, tx, contestID, p.Board)
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, contestID, "result.finalize", map[string]any{"revision": p.Snapshot.Revision,
			"hash": hex.EncodeToString(params.Hash), "reason": p.Snapshot.Reason, "told": told})
	})
	if err != nil {
		return Revision{}, postgres.Fault(err)
	}
	s.boards.Changed(contestID)
	r, err := s.newest(ctx, contestID)
	if err != nil || r == nil {
		return Revision{}, errors.Join(err, errors.New("a revision that was stored is not there"))
	}
	return *r, nil
}

func checkFinalize(p Preview, inputs []byte, reason string) error {
	if !bytes.Equal(inputs, p.InputsHash) {
		return resultsMoved
	}
	f := resultsBlocked
	for _, x := range p.Problems {
		if x.Blocks {
			f = f.At(x.Code, x.Vi, x.En)
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	if p.Newest == nil {
		return nil
	}
	if n := len([]rune(reason)); n < 10 || n > 1000 || strings.ContainsRune(reason, 0) {
		return reasonNeeded.At("reason", reasonNeeded.Vi, reasonNeeded.En)
	}
	same := p.Snapshot
	same.Revision, same.Reason, same.Format = p.Newest.Snapshot.Revision, p.Newest.Snapshot.Reason, p.Newest.Snapshot.Format
	if same.Format < 2 && len(same.Awards)+len(same.SidePrizes) == 0 { // what was final before there were awards
		same.Standings = slices.Clone(same.Standings)
		for i := range same.Standings {
			same.Standings[i].UnitID = 0
		}
	}
	body, err := audit.Canonical(same)
	if err == nil && bytes.Equal(hashOf(body), p.Newest.Hash) {
		return nothingChanged
	}
	return err
}

func itoa(n int) string { return strconv.Itoa(n) }
