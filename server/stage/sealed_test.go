package stage

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"golang.org/x/crypto/chacha20"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/files"
)

// shelf keeps files in memory, and counts how often each was read.
type shelf struct {
	mu   sync.Mutex
	data map[string][]byte
	read map[string]int
	gate chan struct{}
	err  error
}

func (s *shelf) Sizes(_ context.Context, ids []string) (map[string]int64, error) {
	sizes := map[string]int64{}
	for _, id := range ids {
		if d, ok := s.data[id]; ok {
			sizes[id] = int64(len(d))
		}
	}
	return sizes, nil
}

func (s *shelf) Read(ctx context.Context, id string) (files.File, []byte, error) {
	if s.gate != nil {
		<-s.gate
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read[id]++
	if s.err != nil {
		return files.File{}, nil, s.err
	}
	return files.File{ID: id, ContentType: "image/png"}, s.data[id], ctx.Err()
}

// unseal does what a browser does.
func unseal(t *testing.T, blob []byte, key string) (contentType string, data []byte) {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	cipher, err := chacha20.NewUnauthenticatedCipher(raw, make([]byte, chacha20.NonceSize))
	if err != nil {
		t.Fatal(err)
	}
	plain := make([]byte, len(blob))
	cipher.XORKeyStream(plain, blob)
	n := binary.BigEndian.Uint32(plain)
	return string(plain[5 : 5+plain[4]]), plain[sealedHead : sealedHead+n]
}

func fileID(i int) string { return fmt.Sprintf("%032x", 0xabc0+i) }

// pictured gives each item of the hall a picture.
func (h *hall) pictured() *shelf {
	s := &shelf{data: map[string][]byte{}, read: map[string]int{}}
	for i := range h.versions {
		id := fileID(i)
		s.data[id] = bytes.Repeat([]byte(fmt.Sprintf("picture %d ", i)), 500*(i+1))
		h.versions[i].Content.Image = &bank.Image{FileID: id, Width: 4, Height: 3}
	}
	return s
}

// Before an item is shown its files are sealed: what is listed can be fetched but not read, and every node gives the
// same bytes. With the message that shows it comes the key.
func TestFilesAreSealedUntilTheirItemIsShown(t *testing.T) {
	h := newHall(t, 1)
	shelf := h.pictured()
	a, b := h.addNode("a", nil, false), h.addNode("b", nil, false)
	for _, n := range h.nodes {
		n.cfg.Files, n.cfg.Secret = shelf, []byte("the installation's secret")
	}
	h.setUp(a, DefaultSettings())
	viewsOf := func() (ContestantView, AudienceView) {
		t.Helper()
		h.state(a)
		r, err := a.room(t.Context(), h.round.ID)
		if err != nil {
			t.Fatal(err)
		}
		return r.frames.contestant.Data.(ContestantView), r.frames.audience.Data.(AudienceView)
	}
	view, audience := viewsOf()
	if len(view.Ahead) != 4 || !slices.Equal(view.Ahead, audience.Ahead) || view.Play != nil {
		t.Fatalf("in the waiting room: %+v, %+v", view, audience)
	}
	blobs := map[string][]byte{}
	for _, f := range view.Ahead {
		blob, err := a.Sealed(t.Context(), h.round.ID, f.ID)
		if err != nil {
			t.Fatal(err)
		}
		again, err := b.Sealed(t.Context(), h.round.ID, f.ID)
		if err != nil || !bytes.Equal(blob, again) {
			t.Fatalf("the other node seals otherwise: %v", err)
		}
		if bytes.Contains(blob, []byte("picture")) {
			t.Fatal("the picture can be read")
		}
		blobs[f.ID] = blob
	}
	h.cue(a, Command{Cue: CueStart})
	for n := range 3 {
		h.cue(a, Command{Cue: CueNext})
		view, audience = viewsOf()
		if len(view.Play.Files) != 1 || !slices.Equal(view.Play.Files, audience.Play.Files) {
			t.Fatalf("item %d: keys %+v, %+v", n, view.Play.Files, audience.Play.Files)
		}
		key := view.Play.Files[0]
		if kind, data := unseal(t, blobs[key.Sealed], key.Key); kind != "image/png" || key.FileID != fileID(n) || !bytes.Equal(data, shelf.data[fileID(n)]) {
			t.Fatalf("item %d: %s opens as %q", n, key.FileID, kind)
		}
		for id, blob := range blobs { // and nothing else
			if id == key.Sealed {
				continue
			}
			raw, _ := base64.StdEncoding.DecodeString(key.Key)
			cipher, _ := chacha20.NewUnauthenticatedCipher(raw, make([]byte, chacha20.NonceSize))
			plain := make([]byte, len(blob))
			cipher.XORKeyStream(plain, blob)
			if bytes.Contains(plain, []byte("picture")) {
				t.Fatalf("the key of item %d opens another one", n)
			}
		}
		if slices.Contains(view.Ahead, SealedFile{ID: key.Sealed}) || len(view.Ahead) != 3-n {
			t.Fatalf("item %d: still to be fetched %+v", n, view.Ahead)
		}
		h.cue(a, Command{Cue: CueOpen})
		h.closeItem(a)
		h.cue(a, Command{Cue: CueReveal})
	}
	if _, err := a.Sealed(t.Context(), h.round.ID, fileID(0)); !fault.IsKind(err, fault.NotFound) {
		t.Errorf("a file's own id opens nothing here: %v", err)
	}
	h.cue(a, Command{Cue: CueFinish})
	if view, _ = viewsOf(); view.Ahead != nil {
		t.Errorf("nothing is to come, but %+v", view.Ahead)
	}
}

// Pictures of the options come with the options: at the opening. Until then they are still to be fetched.
func TestKeysOfOptionsComeWithTheOpening(t *testing.T) {
	c := choice("Câu có hình", "a")
	c.Image = &bank.Image{FileID: fileID(1)}
	c.Options[0].Image = &bank.Image{FileID: fileID(2)}
	known := sealedFiles{fileID(1): {id: "1", size: 1}, fileID(2): {id: "2", size: 1}, fileID(3): {id: "3", size: 0}}
	contents := map[int64]Version{7: {ID: 7, Content: c}}
	s := State{Phase: PhaseRunning, Items: []Item{{ID: 1, VersionID: 7}}, Current: 1,
		Plays: []Play{{Number: 1, ItemID: 1, VersionID: 7, KeyVersionID: 7, Status: PlayShown}}}
	for status, want := range map[PlayStatus]string{PlayShown: "[1] then [{2}]", PlayOpen: "[1 2] then []"} {
		s.Plays[0].Status = status
		keys := known.keys(playView(&s, contents).Question)
		var ids []string
		for _, k := range keys {
			ids = append(ids, k.Sealed)
		}
		if got := fmt.Sprintf("%v then %v", ids, known.ahead(&s, contents, keys)); got != want {
			t.Errorf("%s: %s, want %s", status, got, want)
		}
	}
}

// What is asked of a phone has a bound; the next item's files come in any case.
func TestWhatIsFetchedAheadHasABound(t *testing.T) {
	items, contents, known := []Item{}, map[int64]Version{}, sealedFiles{}
	for i := range 60 {
		id := int64(i + 1)
		items = append(items, Item{ID: id, VersionID: id, Reserve: i < 5})
		contents[id] = Version{ID: id, Content: bank.Content{Image: &bank.Image{FileID: fileID(i)}}}
		known[fileID(i)] = sealedFile{id: fmt.Sprintf("%032x", (i*7919)%97), size: 1 << 20}
	}
	s := NewState(PhaseReady, DefaultSettings(), items)
	list := known.ahead(&s, contents, nil)
	if len(list) != aheadBytes>>20 || list[0].ID != known[fileID(5)].id {
		t.Fatalf("%d files, the first %v", len(list), list[0])
	}
	if !slices.IsSortedFunc(list[1:], func(a, b SealedFile) int { return bytes.Compare([]byte(a.ID), []byte(b.ID)) }) {
		t.Error("the order tells what comes when")
	}
	f := known[fileID(5)]
	f.size = 40 << 20
	known[fileID(5)] = f
	if list = known.ahead(&s, contents, nil); len(list) != 1 || list[0].ID != f.id {
		t.Errorf("of a film that is next: %v", list)
	}
	for i := range 60 {
		known[fileID(i)] = sealedFile{id: known[fileID(i)].id, size: 1 << 14}
	}
	if list = known.ahead(&s, contents, nil); len(list) != aheadFiles {
		t.Errorf("%d small files", len(list))
	}
}

// The size of a sealed file tells little, and costs little.
func TestSizesSayLittle(t *testing.T) {
	different := map[int64]bool{}
	for size := int64(0); size < 4<<20; size += 97 {
		sealed := sealedSize(size)
		if whole := size + sealedHead; sealed < whole || whole > 16<<10 && (sealed-whole)*8 > whole {
			t.Fatalf("%d bytes become %d", size, sealed)
		}
		different[sealed] = true
	}
	if len(different) > 80 {
		t.Errorf("%d different sizes", len(different))
	}
	known := sealOf([]byte("secret"), 1, fileID(1))
	for _, other := range []sealedFile{sealOf([]byte("secret"), 2, fileID(1)), sealOf([]byte("secret"), 1, fileID(2)), sealOf([]byte("another"), 1, fileID(1))} {
		if other.id == known.id || other.key == known.key {
			t.Error("two files, rounds or installations share an id or a key")
		}
	}
}

// Many who ask at once make one reading; one who leaves takes nothing from the others; a failure is not kept.
func TestASealedFileIsReadOnceForAll(t *testing.T) {
	var copies sealedCopies
	gate, reads := make(chan struct{}), 0
	read := func(ctx context.Context) ([]byte, error) {
		<-gate
		reads++
		return []byte("sealed"), ctx.Err()
	}
	left, leave := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() { _, err := copies.get(left, t.Context(), "x", read); gone <- err }()
	eventually(t, "the first", func() bool { copies.mu.Lock(); defer copies.mu.Unlock(); return copies.uses == 1 })
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if blob, err := copies.get(t.Context(), t.Context(), "x", read); err != nil || string(blob) != "sealed" {
				t.Errorf("%q, %v", blob, err)
			}
		})
	}
	leave()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("the one who left heard %v", err)
	}
	close(gate)
	all.Wait()
	if reads != 1 {
		t.Errorf("read %d times", reads)
	}
	wrong := errors.New("away")
	if _, err := copies.get(t.Context(), t.Context(), "y", func(context.Context) ([]byte, error) { return nil, wrong }); !errors.Is(err, wrong) {
		t.Errorf("%v", err)
	}
	if blob, err := copies.get(t.Context(), t.Context(), "y", func(context.Context) ([]byte, error) { return []byte("now"), nil }); err != nil || string(blob) != "now" {
		t.Errorf("after a failure: %q, %v", blob, err)
	}
	for i := range 5 {
		if _, err := copies.get(t.Context(), t.Context(), fmt.Sprint(i), func(context.Context) ([]byte, error) { return make([]byte, 20<<20), nil }); err != nil {
			t.Fatal(err)
		}
	}
	if copies.bytes > sealedCopiesBytes || copies.at["4"] == nil || copies.at["0"] != nil {
		t.Errorf("%d bytes are kept", copies.bytes)
	}
}
