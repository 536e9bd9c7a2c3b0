package files

import (
	"bytes"
	"encoding/binary"
	"testing"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/fault"
)

func boxed(name string, inside ...[]byte) []byte {
	b := bytes.Join(inside, nil)
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(len(b)+8)), name...), b...)
}

// container is an MP4 file with one track for each format, the tables behind the data as cameras write them.
func container(formats ...string) []byte {
	tracks := make([][]byte, 0, len(formats))
	for _, f := range formats {
		entry := boxed(f, make([]byte, 20))
		tracks = append(tracks, boxed("trak", boxed("mdia", boxed("minf", boxed("stbl", boxed("stsd", make([]byte, 8), entry))))))
	}
	return bytes.Join([][]byte{boxed("ftyp", []byte("isom\x00\x00\x02\x00isomiso2")), boxed("mdat", make([]byte, 100_000)), boxed("moov", tracks...)}, nil)
}

func frames() []byte {
	frame := make([]byte, 417) // 128 kbit/s at 44.1 kHz
	copy(frame, []byte{0xFF, 0xFB, 0x90, 0x00})
	return bytes.Repeat(frame, 4)
}

func TestListenKnowsMediaByReadingThem(t *testing.T) {
	for name, c := range map[string]struct {
		data        []byte
		kind, typ   string
		refusedCode string
	}{
		"mp3":                  {frames(), Audio, "audio/mpeg", ""},
		"mp3 with a tag":       {append([]byte("ID3\x04\x00\x00\x00\x00\x00\x00"), frames()...), Audio, "audio/mpeg", ""},
		"aac":                  {append([]byte{0xFF, 0xF1, 0x50, 0x80}, make([]byte, 60)...), Audio, "audio/aac", ""},
		"wav":                  {append([]byte("RIFF\x24\x00\x00\x00WAVEfmt "), make([]byte, 60)...), Audio, "audio/wav", ""},
		"m4a":                  {container("mp4a"), Audio, "audio/mp4", ""},
		"mp4":                  {container("avc1", "mp4a"), Video, "video/mp4", ""},
		"a telephone's HEVC":   {container("mp4a", "hvc1"), "", "", "media_codec"},
		"webm":                 {append([]byte("\x1A\x45\xDF\xA3\x9FB\x82\x84webm"), []byte(".....V_VP9....A_OPUS")...), Video, "video/webm", ""},
		"webm of the future":   {append([]byte("\x1A\x45\xDF\xA3\x9FB\x82\x84webm"), []byte(".....V_AV1....")...), "", "", "media_codec"},
		"matroska":             {append([]byte("\x1A\x45\xDF\xA3\x9FB\x82\x88matroska"), make([]byte, 40)...), "", "", "media_unknown"},
		"a page named film":    {[]byte("<html><script>alert(1)</script></html>"), "", "", "media_unknown"},
		"ogg":                  {append([]byte("OggS"), make([]byte, 60)...), "", "", "media_unknown"},
		"one byte":             {[]byte{0xFF}, "", "", "media_unknown"},
		"a box beyond the end": {append(boxed("ftyp", make([]byte, 8)), 0x7F, 0xFF, 0xFF, 0xFF, 'm', 'o', 'o', 'v'), "", "", "media_unknown"},
		"noise after a sync":   {append([]byte{0xFF, 0xFB, 0x90, 0x00}, make([]byte, 900)...), "", "", "media_unknown"},
	} {
		kind, typ, err := listen(bytes.NewReader(c.data), int64(len(c.data)))
		if kind != c.kind || typ != c.typ || (err != nil) != (c.refusedCode != "") || err != nil && fault.From(err).Code != c.refusedCode {
			t.Errorf("%s: %s %s %v", name, kind, typ, err)
		}
	}
}

// Whatever comes in, looking at it ends, and neither panics nor calls a thing by two names.
func TestListenEndsWithAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := container("avc1", "mp4a")
		for range rapid.IntRange(0, 20).Draw(t, "changes") {
			place := rapid.IntRange(0, len(data)-1).Draw(t, "place")
			if rapid.Bool().Draw(t, "near the tables") {
				place = len(data) - 1 - place%300
			}
			data[place] = rapid.Byte().Draw(t, "byte")
		}
		data = data[:rapid.IntRange(0, len(data)).Draw(t, "length")]
		kind, typ, err := listen(bytes.NewReader(data), int64(len(data)))
		if err == nil && (kind == "" || typ == "") || err != nil && typ != "" {
			t.Fatalf("%q %q %v", kind, typ, err)
		}
	})
}

func TestRanges(t *testing.T) {
	for header, want := range map[string][3]int64{
		"": {0, 1000, 0}, "bytes=0-": {0, 1000, 1}, "bytes=0-0": {0, 1, 1}, "bytes=200-399": {200, 200, 1}, "bytes=900-5000": {900, 100, 1},
		"bytes=-100": {900, 100, 1}, "bytes=-5000": {0, 1000, 1}, "bytes=-0": {1000, 0, 1}, "bytes=1000-": {0, 0, 1}, "bytes=5-4": {0, 1000, 0},
		"bytes=a-b": {0, 1000, 0}, "bytes=0-1,5-6": {0, 1000, 0}, "lines=0-1": {0, 1000, 0}, "bytes=99999999999999999999-": {0, 1000, 0},
	} {
		from, length, ok := rangeOf(header, 1000)
		if got := [3]int64{from, length, map[bool]int64{true: 1}[ok]}; got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}
