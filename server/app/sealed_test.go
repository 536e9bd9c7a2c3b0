package app

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/crypto/chacha20"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/stage"
)

// Pictures travel before they may be seen. A phone that keeps everything it is given before an item is shown can neither
// read the picture nor name it; what it holds opens with the message that shows the item, and with nothing before.
func TestAPictureCantBeReadBeforeItIsShown(t *testing.T) {
	a, address := running(t)
	plan, err := a.PrepareRehearsal(t.Context(), "", 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.DB.Exec(t.Context(), `UPDATE contest SET rehearsal_of = NULL WHERE id = $1`, plan.ContestID); err != nil {
		t.Fatal(err)
	}
	pictures := picturedItems(t, a, plan, 2)
	slug := publicSlug(t, a, plan.ContestID)
	host := listen(t, a, address, &listener{name: "host"}, plan.Host, plan, false)
	cookies := []string{"", plan.Robots[0].Cookie}
	outside := []*listener{{name: "audience"}, {name: "contestant"}}
	for i, l := range outside {
		listen(t, a, address, l, cookies[i], plan, true)
	}
	give := func(c stage.Cue) {
		t.Helper()
		for {
			_, seq, err := a.Stage.Seq(t.Context(), plan.RoundID)
			if err != nil {
				t.Fatal(err)
			}
			err = host.Do(t.Context(), "cue", fmt.Sprintf("organizer/round/%d", plan.RoundID), stage.CueCommand{Cue: c, Expected: seq}, nil)
			if err == nil {
				return
			}
			if !strings.Contains(err.Error(), "round_moved_on") {
				t.Fatalf("cue %s: %v", c, err)
			}
		}
	}
	sent := make([]string, len(outside)) // all that each has ever been given
	hear := func(what string) {
		t.Helper()
		for i, l := range outside {
			for !strings.Contains(sent[i], what) {
				select {
				case <-t.Context().Done():
					t.Fatalf("the %s never heard %s", l.name, what)
				case <-time.After(5 * time.Millisecond):
				}
				sent[i] += l.take()
			}
		}
	}
	blobs := map[string][]byte{}
	hear(`"ahead"`)
	for n := range pictures {
		callEverything(t, a, address, outside, cookies, plan, slug)
		for i, l := range outside {
			sent[i] += l.take()
			for _, id := range regexp.MustCompile(`\{"id":"([0-9a-f]{32})"\}`).FindAllStringSubmatch(sent[i], -1) {
				blobs[id[1]] = fetch(t, address, plan.RoundID, id[1])
			}
			if len(blobs) != len(pictures) {
				t.Fatalf("item %d: the %s may fetch %d files ahead", n+1, l.name, len(blobs))
			}
			for _, p := range pictures[n:] {
				for _, secret := range []string{p.image.FileID, p.image.Hash} {
					if strings.Contains(sent[i], secret) {
						t.Fatalf("item %d: the %s was told of its picture before it was shown", n+1, l.name)
					}
				}
				for id, blob := range blobs {
					if id == p.image.FileID || bytes.Contains(blob, p.data[:64]) || bytes.Contains(blob, p.data[len(p.data)/2:][:32]) {
						t.Fatalf("item %d: the %s can read its picture", n+1, l.name)
					}
					for _, found := range regexp.MustCompile(`"key":"([^"]{44})"`).FindAllStringSubmatch(sent[i], -1) {
						if _, data := opened(t, blob, found[1]); bytes.Equal(data, p.data) {
							t.Fatalf("item %d: the %s was given its key before it was shown", n+1, l.name)
						}
					}
				}
			}
		}
		if n == 0 {
			give(stage.CueStart)
		}
		give(stage.CueNext)
		hear(pictures[n].image.FileID)
		for i, l := range outside { // the same reading opens it now
			at := strings.Index(sent[i], `"files":[{"file_id":"`+pictures[n].image.FileID)
			if at < 0 {
				t.Fatalf("item %d: the %s got no key", n+1, l.name)
			}
			var keys []stage.FileKey
			if err := json.NewDecoder(strings.NewReader(sent[i][at+len(`"files":`):])).Decode(&keys); err != nil {
				t.Fatal(err)
			}
			if kind, data := opened(t, blobs[keys[0].Sealed], keys[0].Key); kind != "image/png" || !bytes.Equal(data, pictures[n].data) {
				t.Fatalf("item %d: the %s can't open its picture (%s, %d bytes)", n+1, l.name, kind, len(data))
			}
		}
		give(stage.CueOpen)
		give(stage.CueClose)
		hear(fmt.Sprintf(`"index":%d,"status":"closed"`, n+1))
		give(stage.CueReveal)
	}
}

type pictured struct {
	image bank.Image
	data  []byte
}

// picturedItems puts items with a picture each into the round.
func picturedItems(t *testing.T, a *App, plan *Rehearsal, n int) []pictured {
	t.Helper()
	c, err := a.Contests.Get(t.Context(), plan.ContestID)
	if err != nil {
		t.Fatal(err)
	}
	var pictures []pictured
	var contents []bank.Content
	var items []stage.SetupItem
	err = postgres.InTx(t.Context(), a.DB, func(tx pgx.Tx) error {
		for i := range n {
			drawing := image.NewNRGBA(image.Rect(0, 0, 90, 60))
			for p := range drawing.Pix {
				drawing.Pix[p] = byte(p*p*(i+3) + p>>3)
			}
			drawing.Set(1, 1, color.White)
			var data bytes.Buffer
			if err := png.Encode(&data, drawing); err != nil {
				return err
			}
			f, err := a.Files.Keep(t.Context(), tx, fmt.Sprintf("bank:%d", c.BankID), data.Bytes())
			if err != nil {
				return err
			}
			p := pictured{image: bank.Image{FileID: f.ID, Hash: f.HashText(), Alt: "Hình", Width: f.Width, Height: f.Height}, data: data.Bytes()}
			pictures = append(pictures, p)
			contents = append(contents, bank.Content{Schema: bank.SchemaVersion, Type: bank.Single, Stem: fmt.Sprintf("Hình %d là gì?", i+1), Image: &p.image,
				PartialCredit: bank.AllOrNothing, Difficulty: bank.Recognition, Options: []bank.Option{{ID: "a", Text: "Một"}, {ID: "b", Text: "Hai"}},
				Key: bank.Key{Options: []string{"b"}}})
		}
		versions, err := a.Bank.Add(t.Context(), tx, c.BankID, contents, "")
		for _, v := range versions {
			items = append(items, stage.SetupItem{VersionID: v.ID})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	setup, err := a.Stage.Setup(t.Context(), c.ID, plan.RoundID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Stage.SaveItems(t.Context(), c.ID, plan.RoundID, setup.Version, items); err != nil {
		t.Fatal(err)
	}
	return pictures
}

func fetch(t *testing.T, address string, round int64, id string) []byte {
	t.Helper()
	response, err := http.Get(fmt.Sprintf("http://%s/api/rounds/%d/sealed/%s", address, round, id))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	blob, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(response.Header.Get("Cache-Control"), "immutable") {
		t.Fatalf("%s: %d, %v, %v", id, response.StatusCode, response.Header, err)
	}
	return blob
}

// opened is what a browser makes of a sealed file.
func opened(t *testing.T, blob []byte, key string) (kind string, data []byte) {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		return "", nil // another field of that name
	}
	cipher, err := chacha20.NewUnauthenticatedCipher(raw, make([]byte, chacha20.NonceSize))
	if err != nil {
		t.Fatal(err)
	}
	plain := make([]byte, len(blob))
	cipher.XORKeyStream(plain, blob)
	n := int(binary.BigEndian.Uint32(plain))
	if n > len(plain)-64 || int(plain[4]) > 59 {
		return "", nil
	}
	return string(plain[5 : 5+plain[4]]), plain[64 : 64+n]
}
