package files

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/files/filesdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// Service keeps files.
type Service struct{ q *filesdb.Queries }

// New opens the room.
func New(db *pgxpool.Pool) *Service { return &Service{q: filesdb.New(db)} }

// Keep stores a picture for an owner ("bank:7"); the same picture of the same owner is stored once.
func (s *Service) Keep(ctx context.Context, tx pgx.Tx, owner string, data []byte) (File, error) {
	f, err := look(data)
	if err != nil {
		return File{}, err
	}
	q := s.q.WithTx(tx)
	same, err := q.SameFile(ctx, filesdb.SameFileParams{Owner: owner, Hash: f.Hash})
	if err == nil {
		f.ID, f.Owner = same.ID, owner
		return f, nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return File{}, postgres.Fault(err)
	}
	size, err := q.SizeOf(ctx, owner)
	if err != nil {
		return File{}, postgres.Fault(err)
	}
	if size+int64(len(data)) > MaxOwner {
		return File{}, errFull
	}
	f.ID, f.Owner = NewID(), owner
	var by *int64
	if p := account.From(ctx); p.AccountID != 0 {
		by = &p.AccountID
	}
	err = q.Keep(ctx, filesdb.KeepParams{ID: f.ID, Owner: owner, ContentType: f.ContentType, Hash: f.Hash,
		Width: int32(f.Width), Height: int32(f.Height), Data: data, CreatedBy: by})
	return f, postgres.Fault(err)
}

// Facts tells what is known about a file of one of these owners.
func (s *Service) Facts(ctx context.Context, tx pgx.Tx, id string, owners ...string) (File, error) {
	row, err := s.q.WithTx(tx).FileFacts(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return File{}, fault.NothingHere
	}
	if err != nil {
		return File{}, postgres.Fault(err)
	}
	for _, o := range owners {
		if row.Owner == o {
			return File{ID: row.ID, Owner: row.Owner, ContentType: row.ContentType, Hash: row.Hash, Width: int(row.Width), Height: int(row.Height)}, nil
		}
	}
	return File{}, fault.NothingHere
}

// Move gives files to another owner.
func (s *Service) Move(ctx context.Context, tx pgx.Tx, from, to string, ids []string) error {
	return postgres.Fault(s.q.WithTx(tx).MoveFiles(ctx, filesdb.MoveFilesParams{FromOwner: from, ToOwner: to, Ids: ids}))
}

// Drop removes all files of an owner.
func (s *Service) Drop(ctx context.Context, tx pgx.Tx, owner string) error {
	return postgres.Fault(s.q.WithTx(tx).DropFilesOf(ctx, owner))
}

// DropOld removes files of all owners with this prefix that are older than a moment.
func (s *Service) DropOld(ctx context.Context, tx pgx.Tx, prefix string, before time.Time) error {
	return postgres.Fault(s.q.WithTx(tx).DropFilesOfGone(ctx, filesdb.DropFilesOfGoneParams{Prefix: prefix, Before: before}))
}

// Read gives a file with its bytes to whoever knows its id.
func (s *Service) Read(ctx context.Context, id string) (File, []byte, error) {
	row, err := s.q.FileByID(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return File{}, nil, fault.NothingHere
	}
	if err != nil {
		return File{}, nil, postgres.Fault(err)
	}
	return File{ID: row.ID, ContentType: row.ContentType, Hash: row.Hash, Width: int(row.Width), Height: int(row.Height)}, row.Data, nil
}
