// Package files keeps uploaded pictures, sounds and films in Postgres, so that every node and every backup has them.
//
// It must never serve a file under a type that it has not seen for itself, never hold a whole film in memory, and never
// let a file be found by anything but its unguessable id: a picture of a question is not to be read before the question
// opens, and knowing the id is the permission.
package files

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/gif" // the formats that DecodeConfig knows
	_ "image/jpeg"
	_ "image/png"

	"github.com/hoithi/hoithi/server/fault"
)

const (
	maxSide   = 8000
	maxPixels = 40_000_000
	// chunkSize is how much of a file stands in one row.
	chunkSize = 256 << 10
	// PieceSize is how much of an upload comes in one request.
	PieceSize = 1 << 20
)

// Limits bound what is kept, in bytes. They are settings of the installation.
type Limits struct {
	Image int64
	Audio int64
	Video int64
	// Owner is how much one owner may keep in all.
	Owner int64
}

// DefaultLimits hold where nothing is configured.
var DefaultLimits = Limits{Image: 2 << 20, Audio: 10 << 20, Video: 50 << 20, Owner: 1000 << 20}

func (l Limits) orDefaults() Limits {
	for _, x := range []struct{ own, usual *int64 }{{&l.Image, &DefaultLimits.Image}, {&l.Audio, &DefaultLimits.Audio},
		{&l.Video, &DefaultLimits.Video}, {&l.Owner, &DefaultLimits.Owner}} {
		if *x.own <= 0 {
			*x.own = *x.usual
		}
	}
	return l
}

// File is what is known about a stored file.
type File struct {
	ID          string
	Owner       string
	ContentType string
	Hash        []byte
	Width       int
	Height      int
	Size        int64
}

// HashText is the hash in hexadecimal.
func (f File) HashText() string { return hex.EncodeToString(f.Hash) }

var (
	errEmpty = fault.New(fault.Invalid, "file_empty", "Tệp trống nên chưa có gì được lưu.", "The file is empty, so nothing was saved.")
	errKind  = fault.New(fault.Invalid, "picture_unknown",
		"Không đọc được hình này. Hãy dùng tệp PNG, JPEG hoặc GIF.",
		"This picture can't be read. Use a PNG, JPEG or GIF file.")
)

func errSize(limit int64) *fault.Fault {
	mb := megabytes(limit)
	return fault.New(fault.TooLarge, "picture_too_large",
		fmt.Sprintf("Hình quá lớn: nhiều nhất %s MB và 8.000 điểm ảnh mỗi chiều. Hãy thu nhỏ hình rồi tải lên lại.", mb),
		fmt.Sprintf("The picture is too large: at most %s MB and 8,000 pixels a side. Make it smaller and upload it again.", mb))
}

func errFull(limit int64) *fault.Fault {
	mb := megabytes(limit)
	return fault.New(fault.TooLarge, "files_full",
		fmt.Sprintf("Kho tệp của ngân hàng câu hỏi đã đầy (%s MB). Tệp chưa được lưu.", mb),
		fmt.Sprintf("The files of this bank have reached their limit (%s MB). The file was not saved.", mb))
}

func megabytes(n int64) string { return fmt.Sprint((n + 1<<20 - 1) >> 20) }

// look finds out what a picture is by reading it.
func look(data []byte, limit int64) (File, error) {
	switch {
	case len(data) == 0:
		return File{}, errEmpty
	case int64(len(data)) > limit:
		return File{}, errSize(limit)
	}
	config, kind, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return File{}, errKind.Because(err)
	}
	if config.Width < 1 || config.Height < 1 || config.Width > maxSide || config.Height > maxSide ||
		config.Width*config.Height > maxPixels {
		return File{}, errSize(limit)
	}
	sum := sha256.Sum256(data)
	return File{ContentType: "image/" + kind, Hash: sum[:], Width: config.Width, Height: config.Height, Size: int64(len(data))}, nil
}

// NewID makes an id of 128 random bits.
func NewID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // crypto/rand never fails: it ends the program instead
	return hex.EncodeToString(b)
}
