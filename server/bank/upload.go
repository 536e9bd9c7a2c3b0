package bank

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/files"
)

// UploadImage stores a picture for the bank of a contest.
func (s *Service) UploadImage(ctx context.Context, contestID int64, data []byte) (Image, error) {
	var image Image
	_, err := s.inBank(ctx, contestID, func(tx pgx.Tx, bankID int64) error {
		f, err := s.files.Keep(ctx, tx, owner(bankID), data)
		image = Image{FileID: f.ID, Hash: f.HashText(), Width: f.Width, Height: f.Height}
		return err
	})
	return image, err
}

// Upload is a sound or film on its way in.
type Upload struct {
	FileID    string `json:"file_id"`
	PieceSize int64  `json:"piece_size" doc:"Bytes of each piece but the last"`
}

// StartUpload begins the upload of a sound or film for the bank of a contest.
func (s *Service) StartUpload(ctx context.Context, contestID, size int64) (Upload, error) {
	bankID, err := s.contests.BankOf(ctx, contestID)
	if err != nil {
		return Upload{}, err
	}
	f, err := s.files.Start(ctx, owner(bankID), size, s.now())
	return Upload{FileID: f.ID, PieceSize: files.PieceSize}, err
}

// TakePiece stores a piece of it.
func (s *Service) TakePiece(ctx context.Context, contestID int64, fileID string, number int, data []byte) error {
	bankID, err := s.contests.BankOf(ctx, contestID)
	if err != nil {
		return err
	}
	return s.files.Take(ctx, owner(bankID), fileID, number, data)
}

// FinishUpload tells what has arrived, once it is all there.
func (s *Service) FinishUpload(ctx context.Context, contestID int64, fileID string) (Media, error) {
	bankID, err := s.contests.BankOf(ctx, contestID)
	if err != nil {
		return Media{}, err
	}
	f, kind, err := s.files.Finish(ctx, owner(bankID), fileID)
	if err != nil {
		return Media{}, err
	}
	return Media{Kind: MediaKind(kind), FileID: f.ID, Hash: f.HashText(), ContentType: f.ContentType, Size: f.Size}, nil
}

// DiscardUpload throws an upload away.
func (s *Service) DiscardUpload(ctx context.Context, contestID int64, fileID string) error {
	bankID, err := s.contests.BankOf(ctx, contestID)
	if err != nil {
		return err
	}
	return s.files.Discard(ctx, owner(bankID), fileID)
}
