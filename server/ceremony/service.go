package ceremony

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/ceremony/ceremonydb"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/files"
	"github.com/hoithi/hoithi/server/leaderboard"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/result"
	"github.com/hoithi/hoithi/server/roster"
)

// Contests is what a ceremony needs of the contests.
type Contests interface {
	Get(ctx context.Context, id int64) (contest.Contest, error)
	GetTx(ctx context.Context, tx pgx.Tx, id int64) (contest.Contest, error)
}

// Results is what a ceremony needs of the results.
type Results interface {
	Newest(ctx context.Context, contestID int64) (*result.Revision, error)
	Awards(ctx context.Context, contestID int64) (result.AwardPlan, error)
	Told(ctx context.Context, contestID int64) (bool, error)
	TellTx(ctx context.Context, tx pgx.Tx, contestID int64, how string) error
}

// Roster is what a ceremony needs of the roster.
type Roster interface {
	Entries(ctx context.Context, contestID int64) ([]roster.Entry, error)
	Masks(ctx context.Context, contestID int64) (map[int64]roster.Mask, error)
}

// Boards shows the ceremony on the projector, and the public board when everything has been told.
type Boards interface {
	SetScreen(ctx context.Context, contestID int64, v leaderboard.ScreenView) error
	Changed(contestID int64)
}

// Marks opens the sheets of a judged round: by entry, with those that were dropped. app plugs it in.
type Marks func(ctx context.Context, contestID, roundID int64) (map[int64]Sheets, error)

// Parts are what the room is opened with. Hub and Relay may be nil: then nothing is live.
type Parts struct {
	DB       *pgxpool.Pool
	Contests Contests
	Results  Results
	Roster   Roster
	Boards   Boards
	Marks    Marks
	Files    *files.Service
	Hub      *live.Hub
	Relay    *live.Relay
	Log      *slog.Logger
}

// Service runs ceremonies.
type Service struct {
	Parts
	q *ceremonydb.Queries

	mu    sync.Mutex
	known map[int64]*known
}

// New opens the room.
func New(p Parts) *Service {
	return &Service{Parts: p, q: ceremonydb.New(p.DB), known: map[int64]*known{}}
}

// standing is a ceremony as Postgres has it.
type standing struct {
	seq      int64
	set      Settings
	state    State
	black    bool
	position int
	revision int
	script   *Script
	movedUs  int64
	movedBy  string
}

func standingOf(row ceremonydb.Ceremony) (standing, error) {
	s := standing{seq: row.Seq, state: State(row.State), black: row.Black, position: int(row.Position), revision: int(row.Revision), movedUs: row.MovedUs, movedBy: row.MovedBy}
	if err := json.Unmarshal(row.Settings, &s.set); err != nil {
		return s, err
	}
	if row.Script == nil {
		return s, nil
	}
	s.script = &Script{}
	return s, json.Unmarshal(row.Script, s.script)
}

// view is what everybody may know.
func (s standing) view() View { return s.at(s.position) }

// at is what everybody may know when so many steps have been made.
func (s standing) at(position int) View {
	if s.script == nil {
		return View{State: Off, Logos: []string{}, Told: []Row{}, Prizes: []Row{}}
	}
	v := s.script.Shown(position)
	v.State, v.Black, v.Backdrop = s.state, s.black, s.set.Backdrop
	v.Logos = append(v.Logos, s.set.Logos...)
	return v
}

func (s *Service) read(ctx context.Context, contestID int64) (standing, error) {
	row, err := s.q.Ceremony(ctx, contestID)
	if errors.Is(err, pgx.ErrNoRows) {
		return standing{set: DefaultSettings(), state: Off}, nil
	}
	if err != nil {
		return standing{}, postgres.Fault(err)
	}
	return standingOf(row)
}

var (
	movedOn = fault.New(fault.Conflict, "ceremony_moved_on",
		"Lễ công bố đã sang bước khác (có thể từ máy khác). Lệnh này chưa thực hiện; hãy nhìn lại màn hình rồi bấm tiếp.",
		"The ceremony has moved on, perhaps from another device. This was not carried out; look again, then press.")
	notThen = fault.New(fault.Conflict, "ceremony_not_then",
		"Lúc này chưa làm được bước đó. Màn hình vẫn giữ nguyên.", "That can't be done now. The screen stays as it is.")
	underWay = fault.New(fault.Conflict, "ceremony_under_way",
		"Đang công bố trên sân khấu. Hãy kết thúc hoặc dừng lễ công bố trước; chưa có gì thay đổi.",
		"The result is being told on stage. End or stop the ceremony first; nothing has changed.")
	nothingToTell = fault.New(fault.Conflict, "ceremony_without_result",
		"Chưa có kết quả chính thức để công bố. Hãy chốt kết quả trước; trong lúc chờ có thể tổng duyệt.",
		"There is no final result to tell yet. Finalize the standings first; a rehearsal is possible before.")
)

// change runs fn with a contest's ceremony locked. expected is the number of the view on which the host decided; 0: any.
func (s *Service) change(ctx context.Context, contestID, expected int64, cue string, fn func(tx pgx.Tx, c contest.Contest, now *standing) error) error {
	blank, err := audit.Canonical(DefaultSettings())
	if err != nil {
		return err
	}
	err = postgres.InTx(ctx, s.DB, func(tx pgx.Tx) error {
		c, err := s.Contests.GetTx(ctx, tx, contestID) // first, as whoever finalizes does
		if err != nil {
			return err
		}
		q := s.q.WithTx(tx)
		if err := q.MakeCeremony(ctx, ceremonydb.MakeCeremonyParams{ContestID: contestID, Settings: blank}); err != nil {
			return err
		}
		row, err := q.LockCeremony(ctx, contestID)
		if err != nil {
			return err
		}
		now, err := standingOf(row)
		if err != nil {
			return err
		}
		if expected != now.seq && !(expected == 0 && now.state == Off) {
			return movedOn
		}
		rehearsed := now.script != nil && now.script.Rehearsal
		if err := fn(tx, c, &now); err != nil {
			return err
		}
		return s.store(ctx, q, contestID, cue, now, rehearsed)
	})
	if err != nil {
		return postgres.Fault(err)
	}
	s.changed(ctx, contestID)
	return nil
}

func (s *Service) store(ctx context.Context, q *ceremonydb.Queries, contestID int64, cue string, now standing, rehearsed bool) error {
	who := account.From(ctx)
	p := ceremonydb.SaveCeremonyParams{ContestID: contestID, State: string(now.state), Black: now.black, Position: int32(now.position), Revision: int32(now.revision), MovedBy: who.Name}
	var err error
	if p.Settings, err = audit.Canonical(now.set); err != nil {
		return err
	}
	if now.script != nil {
		p.Rehearsal = now.script.Rehearsal
		if p.Script, err = audit.Canonical(now.script); err != nil {
			return err
		}
	}
	saved, err := q.SaveCeremony(ctx, p)
	if err != nil || cue == "" || p.Rehearsal || rehearsed && now.script == nil { // a rehearsal leaves nothing
		return err
	}
	move := ceremonydb.AddMoveParams{ContestID: contestID, Seq: saved.Seq, Cue: cue, Position: p.Position, AtUs: saved.MovedUs, Actor: who.Name}
	if who.AccountID != 0 {
		move.AccountID = &who.AccountID
	}
	return q.AddMove(ctx, move)
}

// SaveSettings changes the settings. While a ceremony is under way only its pictures may change.
func (s *Service) SaveSettings(ctx context.Context, contestID, expected int64, set Settings) error {
	if err := set.check(); err != nil {
		return err
	}
	c, err := s.Contests.Get(ctx, contestID)
	if err != nil {
		return err
	}
	if set.MarksRound != 0 {
		if r, ok := c.Round(set.MarksRound); !ok || r.Kind != contest.Judged {
			return badSettings.At("marks_round", "Hãy chọn một phần thi có giám khảo chấm.", "Choose a judged round.")
		}
	}
	return s.change(ctx, contestID, expected, "", func(tx pgx.Tx, _ contest.Contest, now *standing) error {
		if now.state == Running || now.state == Paused {
			return underWay
		}
		for _, id := range append(slices.Clone(set.Logos), set.Backdrop) {
			if id == "" {
				continue
			}
			if _, err := s.Files.Facts(ctx, tx, id, owner(contestID)); err != nil {
				return err
			}
		}
		now.set = set
		return audit.Append(ctx, tx, contestID, "ceremony.settings", set)
	})
}

// Do carries out a cue. expected is the number of the view on which the host decided: of two consoles that press at once,
// one is told that the ceremony has moved on.
func (s *Service) Do(ctx context.Context, contestID, expected int64, cue Cue, to int) error {
	err := s.change(ctx, contestID, expected, string(cue), func(tx pgx.Tx, _ contest.Contest, now *standing) error {
		if cue == CueStop && now.state != Off {
			if now.state != Over && !now.script.Rehearsal {
				if err := audit.Append(ctx, tx, contestID, "ceremony.stop", map[string]any{"step": now.position, "steps": len(now.script.Steps)}); err != nil {
					return err
				}
			}
			*now = standing{set: now.set, state: Off}
			return nil
		}
		if err := now.take(cue, to); err != nil {
			return err
		}
		if cue != CueFinish || now.script.Rehearsal {
			return nil
		}
		told, err := s.Results.Told(ctx, contestID)
		if err == nil && !told {
			err = s.Results.TellTx(ctx, tx, contestID, "ceremony")
		}
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, contestID, "ceremony.end", map[string]any{"revision": now.revision})
	})
	if err == nil && cue == CueFinish {
		s.Boards.Changed(contestID)
	}
	return err
}

// take is the state machine: pure.
func (s *standing) take(cue Cue, to int) error {
	last := 0
	if s.script != nil {
		last = len(s.script.Steps)
	}
	switch {
	case cue == CueNext && s.state == Running && s.position < last:
		s.position++
		s.black = false
	case cue == CueBack && s.state == Running && s.position > 1:
		s.position--
		s.black = false
	case cue == CueJump && (s.state == Running || s.state == Paused) && to >= 1 && to <= last:
		s.position = to
	case cue == CuePause && s.state == Running:
		s.state = Paused
	case cue == CueResume && s.state == Paused:
		s.state = Running
	case (cue == CueBlack || cue == CueLight) && s.state != Off:
		s.black = cue == CueBlack
	case cue == CueFinish && s.state == Running && s.position == last:
		s.state, s.black = Over, false
	default:
		return notThen
	}
	return nil
}

// MayTell refuses to tell a result in another way, or to replace it, while it is being told on stage.
func (s *Service) MayTell(ctx context.Context, tx pgx.Tx, contestID int64) error {
	row, err := s.q.WithTx(tx).CeremonyForShare(ctx, contestID)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err == nil && !row.Rehearsal && (State(row.State) == Running || State(row.State) == Paused) {
		return underWay
	}
	return err
}

// Forget takes an erased entry's name out of what was told, in the transaction that erases.
func (s *Service) Forget(ctx context.Context, tx pgx.Tx, contestID, entryID int64, name string) error {
	q := s.q.WithTx(tx)
	row, err := q.LockCeremony(ctx, contestID)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && row.Script == nil {
		return nil
	}
	if err != nil {
		return err
	}
	now, err := standingOf(row)
	if err != nil || !now.script.forget(entryID, name) {
		return err
	}
	body, err := audit.Canonical(now.script)
	if err != nil {
		return err
	}
	return q.RewriteScript(ctx, ceremonydb.RewriteScriptParams{ContestID: contestID, Script: body})
}

// recheck is how long a node believes what it knows without asking for the number of the newest change.
const recheck = 300 * time.Millisecond
