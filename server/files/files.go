// Package files keeps uploaded pictures in Postgres, so that every node and every backup has them.
//
// It must never serve a file under a type that it has not seen for itself, and never let a file be found by anything
// but its unguessable id: a picture of a question is not to be read before the question opens, and knowing the id is
// the permission.
package files

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"image"
	_ "image/gif" // the formats that DecodeConfig knows
	_ "image/jpeg"
	_ "image/png"

	"github.com/hoithi/hoithi/server/fault"
)

// The limits of a picture.
const (
	MaxSize   = 2 << 20
	maxSide   = 8000
	maxPixels = 40_000_000
	// MaxOwner is how much one owner may keep in all.
	MaxOwner = 300 << 20
)

// File is what is known about a stored file.
type File struct {
	ID          string
	Owner       string
	ContentType string
	Hash        []byte
	Width       int
	Height      int
}

// HashText is the hash in hexadecimal.
func (f File) HashText() string { return hex.EncodeToString(f.Hash) }

var (
	errEmpty = fault.New(fault.Invalid, "file_empty", "Tệp trống nên chưa có gì được lưu.", "The file is empty, so nothing was saved.")
	errSize  = fault.New(fault.TooLarge, "picture_too_large",
		"Hình quá lớn: nhiều nhất 2 MB và 8.000 điểm ảnh mỗi chiều. Hãy thu nhỏ hình rồi tải lên lại.",
		"The picture is too large: at most 2 MB and 8,000 pixels a side. Make it smaller and upload it again.")
	errKind = fault.New(fault.Invalid, "picture_unknown",
		"Không đọc được hình này. Hãy dùng tệp PNG, JPEG hoặc GIF.",
		"This picture can't be read. Use a PNG, JPEG or GIF file.")
	errFull = fault.New(fault.TooLarge, "files_full",
		"Kho hình của ngân hàng câu hỏi đã đầy (300 MB). Hình chưa được lưu.",
		"The pictures of this bank have reached their limit (300 MB). The picture was not saved.")
)

// look finds out what a file is by reading it.
func look(data []byte) (File, error) {
	switch {
	case len(data) == 0:
		return File{}, errEmpty
	case len(data) > MaxSize:
		return File{}, errSize
	}
	config, kind, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return File{}, errKind.Because(err)
	}
	if config.Width < 1 || config.Height < 1 || config.Width > maxSide || config.Height > maxSide ||
		config.Width*config.Height > maxPixels {
		return File{}, errSize
	}
	sum := sha256.Sum256(data)
	return File{ContentType: "image/" + kind, Hash: sum[:], Width: config.Width, Height: config.Height}, nil
}

// NewID makes an id of 128 random bits.
func NewID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // crypto/rand never fails: it ends the program instead
	return hex.EncodeToString(b)
}
