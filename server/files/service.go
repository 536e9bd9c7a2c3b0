package files

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/files/filesdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// Service keeps files.
type Service struct {
	db     *pgxpool.Pool
	q      *filesdb.Queries
	limits Limits
}

// New opens the room with the usual limits.
func New(db *pgxpool.Pool) *Service { return NewLimited(db, Limits{}) }

// NewLimited opens the room; a limit of 0 is the usual one.
func NewLimited(db *pgxpool.Pool, limits Limits) *Service {
	return &Service{db: db, q: filesdb.New(db), limits: limits.orDefaults()}
}

// Keep stores a picture for an owner ("bank:7"); the same picture of the same owner is stored once.
func (s *Service) Keep(ctx context.Context, tx pgx.Tx, owner string, data []byte) (File, error) {
	f, err := look(data, s.limits.Image)
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
	if err := s.room(ctx, q, owner, f.Size); err != nil {
		return File{}, err
	}
	f.ID, f.Owner = NewID(), owner
	if err := s.insert(ctx, q, f); err != nil {
		return File{}, err
	}
	return f, s.write(ctx, q, f.ID, 0, data)
}

func (s *Service) room(ctx context.Context, q *filesdb.Queries, owner string, more int64) error {
	size, err := q.SizeOf(ctx, owner)
	if err != nil {
		return postgres.Fault(err)
	}
	if size+more > s.limits.Owner {
		return errFull(s.limits.Owner)
	}
	return nil
}

func (s *Service) insert(ctx context.Context, q *filesdb.Queries, f File) error {
	var by *int64
	if p := account.From(ctx); p.AccountID != 0 {
		by = &p.AccountID
	}
	return postgres.Fault(q.Keep(ctx, filesdb.KeepParams{ID: f.ID, Owner: f.Owner, ContentType: f.ContentType, Hash: f.Hash,
		Width: int32(f.Width), Height: int32(f.Height), Size: f.Size, CreatedBy: by}))
}

// write puts bytes into chunks, from this chunk on.
func (s *Service) write(ctx context.Context, q *filesdb.Queries, id string, number int32, data []byte) error {
	for len(data) > 0 {
		n := min(len(data), chunkSize)
		if err := q.KeepChunk(ctx, filesdb.KeepChunkParams{FileID: id, Number: number, Data: data[:n]}); err != nil {
			return postgres.Fault(err)
		}
		data = data[n:]
		number++
	}
	return nil
}

func fileOf(row filesdb.FileByIDRow) File {
	return File{ID: row.ID, Owner: row.Owner, ContentType: row.ContentType, Hash: row.Hash, Width: int(row.Width),
		Height: int(row.Height), Size: row.Size}
}

// Facts tells what is known about a file of one of these owners.
func (s *Service) Facts(ctx context.Context, tx pgx.Tx, id string, owners ...string) (File, error) {
	f, err := s.find(ctx, s.q.WithTx(tx), id)
	if err != nil {
		return File{}, err
	}
	for _, o := range owners {
		if f.Owner == o {
			return f, nil
		}
	}
	return File{}, fault.NothingHere
}

func (s *Service) find(ctx context.Context, q *filesdb.Queries, id string) (File, error) {
	row, err := q.FileByID(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return File{}, fault.NothingHere
	}
	return fileOf(row), postgres.Fault(err)
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

// Find tells what is known about a file to whoever knows its id. Uploads that are not finished are nobody's.
func (s *Service) Find(ctx context.Context, id string) (File, error) {
	f, err := s.find(ctx, s.q, id)
	if err == nil && f.ContentType == "" {
		return File{}, fault.NothingHere
	}
	return f, err
}

// Read gives a file with all its bytes to whoever knows its id. For sounds and films there is Open.
func (s *Service) Read(ctx context.Context, id string) (File, []byte, error) {
	f, err := s.Find(ctx, id)
	if err != nil {
		return File{}, nil, err
	}
	data, err := s.q.WholeFile(ctx, id)
	return f, data, postgres.Fault(err)
}

// Open gives a stretch of a file, read from the database chunk by chunk as it is asked for.
func (s *Service) Open(ctx context.Context, f File, from, size int64) io.Reader {
	return &stream{ctx: ctx, q: s.q, id: f.ID, at: from, end: min(from+size, f.Size)}
}

type stream struct {
	ctx     context.Context
	q       *filesdb.Queries
	id      string
	at, end int64
	have    []byte
}

func (r *stream) Read(p []byte) (int, error) {
	if len(r.have) == 0 {
		if r.at >= r.end {
			return 0, io.EOF
		}
		number, inside := r.at/chunkSize, r.at%chunkSize
		data, err := r.q.ChunkPart(r.ctx, filesdb.ChunkPartParams{FileID: r.id, Number: int32(number), First: int32(inside) + 1,
			Size: int32(min(chunkSize-inside, r.end-r.at))})
		if err != nil {
			return 0, err
		}
		if len(data) == 0 {
			return 0, io.ErrUnexpectedEOF
		}
		r.have = data
		r.at += int64(len(data))
	}
	n := copy(p, r.have)
	r.have = r.have[n:]
	return n, nil
}

// ReadAt lets what looks into a file jump to where it must.
type at struct {
	s   *Service
	ctx context.Context
	f   File
}

func (a at) ReadAt(p []byte, from int64) (int, error) {
	if from >= a.f.Size {
		return 0, io.EOF
	}
	n, err := io.ReadFull(a.s.Open(a.ctx, a.f, from, int64(len(p))), p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}
