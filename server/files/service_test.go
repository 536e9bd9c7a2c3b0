package files_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/files"
	"github.com/hoithi/hoithi/server/testkit"
	"github.com/hoithi/hoithi/server/web"
)

// sound is an MP3 of about this size; what is in its frames is noise.
func sound(size int) []byte {
	data := make([]byte, 0, size+417)
	noise := rand.New(rand.NewPCG(1, uint64(size)))
	for len(data) < size {
		frame := make([]byte, 417)
		for i := range frame {
			frame[i] = byte(noise.Uint32())
		}
		copy(frame, []byte{0xFF, 0xFB, 0x90, 0x00})
		data = append(data, frame...)
	}
	return data
}

func upload(t *testing.T, s *files.Service, owner string, data []byte) (files.File, string, error) {
	t.Helper()
	f, err := s.Start(t.Context(), owner, int64(len(data)), time.Now())
	if err != nil {
		return f, "", err
	}
	if _, err := s.Find(t.Context(), f.ID); !fault.IsKind(err, fault.NotFound) {
		t.Fatalf("an unfinished upload can be read: %v", err)
	}
	if _, _, err := s.Finish(t.Context(), owner, f.ID); fault.From(err).Code != "upload_incomplete" {
		t.Fatalf("finished before it arrived: %v", err)
	}
	// Pieces come in any order, and again after a broken network.
	for _, again := range []bool{false, true} {
		for n := (len(data) - 1) / files.PieceSize; n >= 0; n-- {
			piece := data[n*files.PieceSize : min((n+1)*files.PieceSize, len(data))]
			if err := s.Take(t.Context(), owner, f.ID, n, piece); err != nil {
				t.Fatalf("piece %d, again: %v: %v", n, again, err)
			}
		}
	}
	return s.Finish(t.Context(), owner, f.ID)
}

func TestASoundComesInPiecesAndGoesOutInRanges(t *testing.T) {
	db := testkit.Postgres(t)
	s := files.NewLimited(db, files.Limits{Audio: 4 << 20, Video: 6 << 20, Owner: 7 << 20})
	data := sound(2_600_000)
	f, kind, err := upload(t, s, "bank:1", data)
	if err != nil || kind != files.Audio || f.ContentType != "audio/mpeg" || f.HashText() != fmt.Sprintf("%x", sha256.Sum256(data)) {
		t.Fatalf("%+v %s %v", f, kind, err)
	}
	if same, _, err := upload(t, s, "bank:1", data); err != nil || same.ID != f.ID {
		t.Fatalf("the same sound was kept twice: %v %v", same, err)
	}
	if _, err := s.Start(t.Context(), "bank:1", 7<<20, time.Now()); fault.From(err).Code != "media_too_large" {
		t.Errorf("beyond every limit: %v", err)
	}
	if _, err := s.Start(t.Context(), "bank:1", 5<<20, time.Now()); fault.From(err).Code != "files_full" {
		t.Errorf("beyond what the bank may hold: %v", err)
	}
	if _, _, err := upload(t, s, "bank:2", sound(5<<20)); fault.From(err).Code != "media_too_large" {
		t.Errorf("a sound beyond the limit of sounds: %v", err)
	}
	if _, _, err := upload(t, s, "bank:3", bytes.Repeat([]byte("<html>"), 1000)); fault.From(err).Code != "media_unknown" {
		t.Errorf("a page: %v", err)
	}
	other, err := s.Start(t.Context(), "bank:3", 10, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Take(t.Context(), "bank:4", other.ID, 0, make([]byte, 10)); !fault.IsKind(err, fault.NotFound) {
		t.Errorf("another bank sent a piece: %v", err)
	}
	if err := s.Take(t.Context(), "bank:3", other.ID, 0, make([]byte, 9)); fault.From(err).Code != "upload_piece" {
		t.Errorf("a short piece: %v", err)
	}

	app := web.NewServer(web.Options{Log: slog.New(slog.DiscardHandler),
		Identify: func(_ *fiber.Ctx, p account.Principal, _, _ string) (account.Principal, error) { return p, nil }})
	files.Routes(web.NewAPI(app, map[string]web.Need{"get-file": web.Public}, "test", slog.New(slog.DiscardHandler)), s)
	tag := `"` + f.HashText() + `"`
	for name, c := range map[string]struct {
		headers     map[string]string
		status      int
		from, to    int
		rangeHeader string
	}{
		"whole":                    {nil, 200, 0, len(data), ""},
		"from the start":           {map[string]string{"Range": "bytes=0-"}, 206, 0, len(data), fmt.Sprintf("bytes 0-%d/%d", len(data)-1, len(data))},
		"across rows":              {map[string]string{"Range": "bytes=262140-524300"}, 206, 262140, 524301, fmt.Sprintf("bytes 262140-524300/%d", len(data))},
		"the last bytes":           {map[string]string{"Range": "bytes=-5"}, 206, len(data) - 5, len(data), fmt.Sprintf("bytes %d-%d/%d", len(data)-5, len(data)-1, len(data))},
		"still the same file":      {map[string]string{"Range": "bytes=7-9", "If-Range": tag}, 206, 7, 10, fmt.Sprintf("bytes 7-9/%d", len(data))},
		"another file meanwhile":   {map[string]string{"Range": "bytes=7-9", "If-Range": `"x"`}, 200, 0, len(data), ""},
		"known already":            {map[string]string{"If-None-Match": tag}, 304, 0, 0, ""},
		"beyond the end":           {map[string]string{"Range": fmt.Sprintf("bytes=%d-", len(data))}, 416, 0, 0, fmt.Sprintf("bytes */%d", len(data))},
		"several ranges at once":   {map[string]string{"Range": "bytes=0-1,5-6"}, 200, 0, len(data), ""},
		"a range that is nonsense": {map[string]string{"Range": "bytes=x"}, 200, 0, len(data), ""},
	} {
		r := httptest.NewRequest("GET", "/api/files/"+f.ID, nil)
		for k, v := range c.headers {
			r.Header.Set(k, v)
		}
		res, err := app.Test(r, -1)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != c.status || !bytes.Equal(got, data[c.from:c.to]) || res.Header.Get("Content-Range") != c.rangeHeader {
			t.Errorf("%s: %d, %d bytes, %q, %v", name, res.StatusCode, len(got), res.Header.Get("Content-Range"), err)
		}
		if res.Header.Get("ETag") != tag || res.Header.Get("Accept-Ranges") != "bytes" || res.Header.Get("Cache-Control") != "private, max-age=31536000, immutable" {
			t.Errorf("%s: %v", name, res.Header)
		}
	}
}
