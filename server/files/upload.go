package files

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/files/filesdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// A sound or film comes in pieces, each a request of its own: a broken network costs one piece, no request is larger
// than a picture, and nobody holds the whole. Until it is finished, an upload has no type and can't be read.

const (
	uploadPrefix = "upload:"
	uploadLife   = 24 * time.Hour
)

var (
	errPiece = fault.New(fault.Invalid, "upload_piece",
		"Phần vừa gửi không khớp với tệp đang tải lên nên không được lưu. Hãy tải tệp lên lại từ đầu.",
		"What was sent does not fit the file that is being uploaded, so it was not saved. Upload the file again from the start.")
	errIncomplete = fault.New(fault.Conflict, "upload_incomplete",
		"Tệp chưa lên đủ. Các phần đã lên không mất; hãy gửi nốt các phần còn thiếu.",
		"The file has not arrived whole. What arrived is not lost; send what is missing.")
)

// Start begins the upload of a sound or film of this size for an owner.
func (s *Service) Start(ctx context.Context, owner string, size int64, now time.Time) (File, error) {
	if size <= 0 {
		return File{}, errEmpty
	}
	if most := max(s.limits.Audio, s.limits.Video); size > most {
		return File{}, errMediaSize(Video, most)
	}
	f := File{ID: NewID(), Owner: uploadPrefix + owner, Hash: make([]byte, sha256.Size), Size: size}
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		if err := s.DropOld(ctx, tx, uploadPrefix, now.Add(-uploadLife)); err != nil {
			return err
		}
		for _, o := range []string{owner, f.Owner} {
			if err := s.room(ctx, q, o, size); err != nil {
				return err
			}
		}
		return s.insert(ctx, q, f)
	})
	return f, err
}

// Take stores a piece of an upload; pieces are numbered from 0, and only the last may be short. A piece that comes again
// is stored once.
func (s *Service) Take(ctx context.Context, owner, id string, number int, data []byte) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		f, err := s.Facts(ctx, tx, id, uploadPrefix+owner)
		if err != nil {
			return err
		}
		from := int64(number) * PieceSize
		if number < 0 || from >= f.Size || int64(len(data)) != min(PieceSize, f.Size-from) {
			return errPiece
		}
		return s.write(ctx, s.q.WithTx(tx), id, int32(from/chunkSize), data)
	})
}

// Finish looks at what has arrived. A sound or film becomes a file of the owner; anything else is thrown away.
func (s *Service) Finish(ctx context.Context, owner, id string) (f File, kind string, err error) {
	upload := uploadPrefix + owner
	f, err = s.find(ctx, s.q, id)
	if err != nil {
		return File{}, "", err
	}
	if f.Owner != upload {
		return File{}, "", fault.NothingHere
	}
	arrived, err := s.q.KeptBytes(ctx, id)
	if err != nil {
		return File{}, "", postgres.Fault(err)
	}
	if arrived != f.Size {
		return File{}, "", errIncomplete
	}
	kind, contentType, err := listen(at{s, ctx, f}, f.Size)
	if err == nil {
		if limit := map[string]int64{Audio: s.limits.Audio, Video: s.limits.Video}[kind]; f.Size > limit {
			err = errMediaSize(kind, limit)
		}
	}
	var refused *fault.Fault
	if errors.As(err, &refused) {
		if err := s.q.DropFile(ctx, filesdb.DropFileParams{ID: id, Owner: upload}); err != nil {
			return File{}, "", postgres.Fault(err)
		}
		return File{}, "", refused
	}
	if err != nil {
		return File{}, "", postgres.Fault(err)
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, s.Open(ctx, f, 0, f.Size)); err != nil {
		return File{}, "", postgres.Fault(err)
	}
	f.Owner, f.ContentType, f.Hash = owner, contentType, sum.Sum(nil)
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		same, err := q.SameFile(ctx, filesdb.SameFileParams{Owner: owner, Hash: f.Hash})
		switch {
		case err == nil: // the owner has it already: once is enough
			f.ID = same.ID
			return postgres.Fault(q.DropFile(ctx, filesdb.DropFileParams{ID: id, Owner: upload}))
		case !errors.Is(err, pgx.ErrNoRows):
			return postgres.Fault(err)
		}
		if err := s.room(ctx, q, owner, f.Size); err != nil {
			return err
		}
		n, err := q.Finish(ctx, filesdb.FinishParams{ID: id, Upload: upload, Owner: owner, ContentType: contentType, Hash: f.Hash})
		if err == nil && n == 0 {
			return fault.NothingHere
		}
		return postgres.Fault(err)
	})
	return f, kind, err
}

// Discard throws an upload away that nobody wants any more.
func (s *Service) Discard(ctx context.Context, owner, id string) error {
	return postgres.Fault(s.q.DropFile(ctx, filesdb.DropFileParams{ID: id, Owner: uploadPrefix + owner}))
}
