package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/files/filesdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// KeepMedia stores a sound or film that is already whole, such as one that came inside of another file; the same one of
// the same owner is stored once.
func (s *Service) KeepMedia(ctx context.Context, tx pgx.Tx, owner string, data []byte) (f File, kind string, err error) {
	if len(data) == 0 {
		return File{}, "", errEmpty
	}
	kind, contentType, err := listen(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return File{}, "", err
	}
	if limit := map[string]int64{Audio: s.limits.Audio, Video: s.limits.Video}[kind]; int64(len(data)) > limit {
		return File{}, "", errMediaSize(kind, limit)
	}
	sum := sha256.Sum256(data)
	f = File{Owner: owner, ContentType: contentType, Hash: sum[:], Size: int64(len(data))}
	q := s.q.WithTx(tx)
	same, err := q.SameFile(ctx, filesdb.SameFileParams{Owner: owner, Hash: f.Hash})
	if err == nil {
		f.ID = same.ID
		return f, kind, nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return File{}, "", postgres.Fault(err)
	}
	if err := s.room(ctx, q, owner, f.Size); err != nil {
		return File{}, "", err
	}
	f.ID = NewID()
	if err := s.insert(ctx, q, f); err != nil {
		return File{}, "", err
	}
	return f, kind, s.write(ctx, q, f.ID, 0, data)
}
