package files

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/hoithi/hoithi/server/fault"
)

// The kinds of media, with the types that every browser of the floor can play.
const (
	Audio = "audio"
	Video = "video"
)

var (
	errMedia = fault.New(fault.Invalid, "media_unknown",
		"Không nhận ra tệp này. Âm thanh dùng MP3, M4A (AAC) hoặc WAV; phim dùng MP4 (H.264) hoặc WebM.",
		"This file is not recognised. Use MP3, M4A (AAC) or WAV for sounds, MP4 (H.264) or WebM for films.")
	errCodec = fault.New(fault.Invalid, "media_codec",
		"Phim này dùng cách nén mà nhiều điện thoại không mở được (ví dụ HEVC của iPhone). Hãy xuất lại thành MP4 với H.264.",
		"This film is compressed in a way that many phones can't play (such as the iPhone's HEVC). Export it again as MP4 with H.264.")
)

func errMediaSize(kind string, limit int64) *fault.Fault {
	vi, en := "Âm thanh", "sound"
	if kind == Video {
		vi, en = "Phim", "film"
	}
	mb := megabytes(limit)
	return fault.New(fault.TooLarge, "media_too_large",
		fmt.Sprintf("%s quá lớn: nhiều nhất %s MB. Hãy nén nhỏ lại rồi tải lên.", vi, mb),
		fmt.Sprintf("The %s is too large: at most %s MB. Compress it and upload it again.", en, mb))
}

// listen finds out what a sound or film is by reading it: only what the file itself says counts.
func listen(r io.ReaderAt, size int64) (kind, contentType string, err error) {
	head := make([]byte, min(size, 64<<10))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return "", "", err
	}
	switch {
	case len(head) < 12:
		return "", "", errMedia
	case string(head[:3]) == "ID3", mpegAudio(head):
		return Audio, "audio/mpeg", nil
	case head[0] == 0xFF && head[1]&0xF6 == 0xF0:
		return Audio, "audio/aac", nil
	case string(head[:4]) == "RIFF" && string(head[8:12]) == "WAVE":
		return Audio, "audio/wav", nil
	case binary.BigEndian.Uint32(head) == 0x1A45DFA3:
		return webm(head)
	case string(head[4:8]) == "ftyp":
		return mp4(r, size)
	}
	return "", "", errMedia
}

// mpegAudio tells whether two frames of MPEG layer III follow each other from the start.
func mpegAudio(b []byte) bool {
	n := mpegFrame(b)
	return n > 0 && n < len(b) && mpegFrame(b[n:]) > 0
}

// mpegFrame is the length of the frame at the start, or 0.
func mpegFrame(b []byte) int {
	if len(b) < 4 || b[0] != 0xFF || b[1]&0xE6 != 0xE2 {
		return 0
	}
	rates := [2][15]int{{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
		{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}}
	version := b[1] >> 3 & 3 // 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
	rate, sampling := int(b[2]>>4), int(b[2]>>2&3)
	if version == 1 || rate == 0 || rate == 15 || sampling == 3 {
		return 0
	}
	hertz, samples, row := []int{44100, 48000, 32000}[sampling], 144, 0
	if version != 3 {
		hertz, samples, row = hertz/2, 72, 1
	}
	if version == 0 {
		hertz /= 2
	}
	return samples*rates[row][rate]*1000/hertz + int(b[2]>>1&1)
}

func webm(head []byte) (kind, contentType string, err error) {
	if !bytes.Contains(head[:min(len(head), 64)], []byte("webm")) {
		return "", "", errMedia
	}
	for _, codec := range []string{"V_VP8", "V_VP9"} {
		if bytes.Contains(head, []byte(codec)) {
			return Video, "video/webm", nil
		}
	}
	if bytes.Contains(head, []byte("V_")) {
		return "", "", errCodec
	}
	return "", "", errMedia
}

// mp4 looks for the tracks of a file made of boxes. What it reads is bounded, however the boxes lie.
func mp4(r io.ReaderAt, size int64) (kind, contentType string, err error) {
	moov, err := box(r, 0, size, "moov")
	if err != nil || moov == nil {
		return "", "", orUnknown(err)
	}
	if moov.size > 8<<20 {
		return "", "", errMedia
	}
	inside := make([]byte, moov.size)
	if _, err := r.ReadAt(inside, moov.from); err != nil && err != io.EOF {
		return "", "", err
	}
	formats := sampleEntries(inside, 0)
	sound, film := false, false
	for _, f := range formats {
		switch f {
		case "avc1", "avc3":
			film = true
		case "mp4a", ".mp3", "alac":
			sound = true
		case "hvc1", "hev1", "av01", "vp09", "dvh1", "mp4v", "s263", "mjpg":
			return "", "", errCodec
		}
	}
	switch {
	case film:
		return Video, "video/mp4", nil
	case sound:
		return Audio, "audio/mp4", nil
	}
	return "", "", errMedia
}

func orUnknown(err error) error {
	if err != nil {
		return err
	}
	return errMedia
}

// stretch is where the inside of a box lies.
type stretch struct{ from, size int64 }

// box finds the first box of a name among those between two places.
func box(r io.ReaderAt, from, to int64, name string) (*stretch, error) {
	header := make([]byte, 16)
	for range 1000 {
		if from+8 > to {
			return nil, nil
		}
		if _, err := r.ReadAt(header[:min(16, to-from)], from); err != nil && err != io.EOF {
			return nil, err
		}
		length, skip := int64(binary.BigEndian.Uint32(header)), int64(8)
		switch length {
		case 0:
			length = to - from // up to the end
		case 1:
			length, skip = int64(binary.BigEndian.Uint64(header[8:])), 16
		}
		if length < skip || length > to-from {
			return nil, nil
		}
		if string(header[4:8]) == name {
			return &stretch{from + skip, length - skip}, nil
		}
		from += length
	}
	return nil, nil
}

// sampleEntries are the names of the formats in the sample tables of a moov box.
func sampleEntries(b []byte, depth int) []string {
	var found []string
	for len(b) >= 8 && len(found) < 64 {
		length := int(binary.BigEndian.Uint32(b))
		if length < 8 || length > len(b) {
			return found
		}
		inside := b[8:length]
		switch string(b[4:8]) {
		case "trak", "mdia", "minf", "stbl":
			if depth < 6 {
				found = append(found, sampleEntries(inside, depth+1)...)
			}
		case "stsd":
			if len(inside) >= 16 {
				found = append(found, string(inside[12:16]))
			}
		}
		b = b[length:]
	}
	return found
}
