package paper

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/text/unicode/norm"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/files"
	"github.com/hoithi/hoithi/server/paper/paperdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// MaxBlueprints is how many blueprints a contest may have.
const MaxBlueprints = 200

// Contests knows contests and their rounds.
type Contests interface {
	Get(ctx context.Context, contestID int64) (contest.Contest, error)
}

// Service keeps blueprints and papers.
type Service struct {
	db       *pgxpool.Pool
	q        *paperdb.Queries
	bank     *bank.Service
	files    *files.Service
	contests Contests
	uses     bank.Uses
	now      func() time.Time
	seed     func() string
}

// Parts are what the room works with. Seed gives 32 random hexadecimal digits.
type Parts struct {
	DB       *pgxpool.Pool
	Bank     *bank.Service
	Files    *files.Service
	Contests Contests
	Uses     bank.Uses
	Now      func() time.Time
	Seed     func() string
}

// New opens the room.
func New(p Parts) *Service {
	return &Service{db: p.DB, q: paperdb.New(p.DB), bank: p.Bank, files: p.Files, contests: p.Contests, uses: p.Uses, now: p.Now, seed: p.Seed}
}

// Blueprint is a kept Spec.
type Blueprint struct {
	ID        int64
	RoundID   int64 // 0: none
	Name      string
	Spec      Spec
	Version   int
	UpdatedAt time.Time
	UpdatedBy string
	Papers    int
}

var (
	errChanged = fault.New(fault.Conflict, "blueprint_changed",
		"Ma trận đề vừa được người khác sửa. Bản của bạn chưa được lưu: hãy tải lại để xem bản mới nhất.",
		"Somebody else has just changed this blueprint. Yours was not saved: reload to see the newest.")
	errHasPapers = fault.New(fault.Conflict, "blueprint_has_papers",
		"Ma trận này đã bốc đề nên không xóa được; các đề đã bốc vẫn nêu tên nó.",
		"Papers were drawn from this blueprint, so it stays: they name it.")
	errTooMany = fault.New(fault.TooLarge, "too_many_blueprints",
		"Hội thi đã có 200 ma trận đề nên không thêm nữa.", "The contest has 200 blueprints and takes no more.")
	errName = errSpec.At("name", "Tên ma trận đề từ 1 đến 200 ký tự.", "The name of a blueprint has 1 to 200 characters.")
)

func (s *Service) checked(ctx context.Context, contestID int64, b Blueprint) (Blueprint, error) {
	b.Name = strings.Join(strings.Fields(norm.NFC.String(b.Name)), " ")
	if n := len([]rune(b.Name)); n < 1 || n > 200 {
		return b, errName
	}
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return b, err
	}
	if _, ok := c.Round(b.RoundID); b.RoundID != 0 && !ok {
		return b, errSpec.At("round_id", "Vòng thi này không còn.", "This round is gone.")
	}
	b.Spec = b.Spec.Normalized()
	return b, b.Spec.Validate()
}

func round(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}

// Create makes a blueprint.
func (s *Service) Create(ctx context.Context, contestID int64, b Blueprint) (Blueprint, error) {
	b, err := s.checked(ctx, contestID, b)
	if err != nil {
		return b, err
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		n, err := q.CountBlueprints(ctx, contestID)
		if err != nil {
			return err
		}
		if n >= MaxBlueprints {
			return errTooMany
		}
		b.ID, err = q.CreateBlueprint(ctx, paperdb.CreateBlueprintParams{ContestID: contestID, RoundID: round(b.RoundID), Name: b.Name,
			Spec: encode(b.Spec), UpdatedAt: s.now(), UpdatedBy: account.From(ctx).Name})
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, contestID, "paper.create_blueprint", map[string]any{"blueprint": b.ID, "name": b.Name})
	})
	if err != nil {
		return b, postgres.Fault(err)
	}
	return s.Blueprint(ctx, contestID, b.ID)
}

// Save changes a blueprint; its Version is the one that was read. Papers drawn before keep the one they were drawn from.
func (s *Service) Save(ctx context.Context, contestID int64, b Blueprint) (Blueprint, error) {
	b, err := s.checked(ctx, contestID, b)
	if err != nil {
		return b, err
	}
	if _, err := s.Blueprint(ctx, contestID, b.ID); err != nil {
		return b, err
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		n, err := s.q.WithTx(tx).SaveBlueprint(ctx, paperdb.SaveBlueprintParams{ID: b.ID, ContestID: contestID, Version: int32(b.Version),
			RoundID: round(b.RoundID), Name: b.Name, Spec: encode(b.Spec), UpdatedAt: s.now(), UpdatedBy: account.From(ctx).Name})
		if err != nil {
			return err
		}
		if n == 0 {
			return errChanged
		}
		t := b.Spec.Totals()
		return audit.Append(ctx, tx, contestID, "paper.save_blueprint", map[string]any{"blueprint": b.ID, "name": b.Name, "items": t.Items, "points": t.Points})
	})
	if err != nil {
		return b, postgres.Fault(err)
	}
	return s.Blueprint(ctx, contestID, b.ID)
}

// Remove throws a blueprint away from which nothing was drawn.
func (s *Service) Remove(ctx context.Context, contestID, id int64) error {
	b, err := s.Blueprint(ctx, contestID, id)
	if err != nil {
		return err
	}
	return postgres.Fault(postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		n, err := s.q.WithTx(tx).DropBlueprint(ctx, paperdb.DropBlueprintParams{ID: id, ContestID: contestID})
		if err != nil {
			return err
		}
		if n == 0 {
			return errHasPapers
		}
		return audit.Append(ctx, tx, contestID, "paper.remove_blueprint", map[string]any{"blueprint": id, "name": b.Name})
	}))
}

// Blueprint finds one.
func (s *Service) Blueprint(ctx context.Context, contestID, id int64) (Blueprint, error) {
	r, err := s.q.BlueprintByID(ctx, paperdb.BlueprintByIDParams{ID: id, ContestID: contestID})
	if errors.Is(err, pgx.ErrNoRows) {
		return Blueprint{}, fault.NothingHere
	}
	if err != nil {
		return Blueprint{}, postgres.Fault(err)
	}
	return blueprintOf(paperdb.BlueprintsRow(r))
}

func blueprintOf(r paperdb.BlueprintsRow) (Blueprint, error) {
	b := Blueprint{ID: r.ID, Name: r.Name, Version: int(r.Version), UpdatedAt: r.UpdatedAt, UpdatedBy: r.UpdatedBy, Papers: int(r.Papers)}
	if r.RoundID != nil {
		b.RoundID = *r.RoundID
	}
	return b, decode(r.Spec, &b.Spec)
}

// Blueprints gives those of a contest.
func (s *Service) Blueprints(ctx context.Context, contestID int64) ([]Blueprint, error) {
	rows, err := s.q.Blueprints(ctx, contestID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	list := make([]Blueprint, 0, len(rows))
	for _, r := range rows {
		b, err := blueprintOf(r)
		if err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	return list, nil
}

// CopyBlueprints brings a contest's blueprints into a copy of it, which shares its bank. Papers stay where they were drawn.
func (s *Service) CopyBlueprints(ctx context.Context, tx pgx.Tx, from, made contest.Contest) error {
	q := s.q.WithTx(tx)
	rows, err := q.Blueprints(ctx, from.ID)
	if err != nil {
		return err
	}
	rounds := map[int64]*int64{} // the copy's round in the place of the original's
	for _, old := range from.Rounds {
		for _, r := range made.Rounds {
			if r.Position == old.Position {
				rounds[old.ID] = round(r.ID)
			}
		}
	}
	for _, r := range rows {
		var of *int64
		if r.RoundID != nil {
			of = rounds[*r.RoundID]
		}
		if _, err := q.CreateBlueprint(ctx, paperdb.CreateBlueprintParams{ContestID: made.ID, RoundID: of, Name: r.Name, Spec: r.Spec,
			UpdatedAt: s.now(), UpdatedBy: account.From(ctx).Name}); err != nil {
			return err
		}
	}
	return nil
}

// NewSeed makes a seed that nobody can foresee.
func NewSeed() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: see crypto/rand
	return hex.EncodeToString(b[:])
}
