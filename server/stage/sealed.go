package stage

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/crypto/chacha20"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/fault"
)

// What items show (pictures, sounds, films) travels before it may be seen: sealed, that is encrypted, under an id that
// says nothing. The key comes with the message that shows the item, so that hundreds of phones don't fetch a picture in
// the moment in which the clock starts. Ids and keys follow from the installation's secret, the round and the file:
// every node seals the same file into the same bytes, also after a restart, and the key of a rehearsal opens nothing of
// the real round.

const (
	// aheadBytes is how much a phone is asked to keep of what is still to come; the next item's files come in any case.
	aheadBytes = 16 << 20
	aheadFiles = 32
	// sealedMost bounds what is sealed at all: a phone holds it twice while it opens it. Larger films are read in pieces
	// under their own unguessable id, once they are shown.
	sealedMost = 16 << 20
)

// SealedFile is a file to be fetched beforehand.
type SealedFile struct {
	ID string `json:"id" doc:"To be read at /api/rounds/{round}/sealed/{id}"`
}

// FileKey opens a sealed file once its item is shown.
type FileKey struct {
	FileID string `json:"file_id" doc:"As the question names it"`
	Sealed string `json:"sealed" doc:"Id of the sealed file"`
	Key    string `json:"key" doc:"Of the cipher ChaCha20 (RFC 8439) with a nonce of zeros, counting from block 0; base64"`
}

// sealedFiles are the files of a round's items, by their own id.
type sealedFiles map[string]sealedFile

type sealedFile struct {
	id   string // of the sealed file
	key  [chacha20.KeySize]byte
	size int64 // sealed; 0: it does not travel sealed
}

func sealOf(secret []byte, roundID int64, fileID string) sealedFile {
	derive := func(purpose string) []byte {
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte("stage sealed file\x00" + purpose + "\x00" + strconv.FormatInt(roundID, 10) + "\x00" + fileID))
		return mac.Sum(nil)
	}
	return sealedFile{id: hex.EncodeToString(derive("id")[:16]), key: [chacha20.KeySize]byte(derive("key"))}
}

// readSealed knows the files of all items of the round, old ones from before.
func (r *room) readSealed(ctx context.Context, contents map[int64]Version) (sealedFiles, error) {
	if r.s.cfg.Files == nil {
		return nil, nil
	}
	r.mu.Lock()
	known := r.sealed
	r.mu.Unlock()
	all := make(sealedFiles, len(known))
	var missing []string
	for _, v := range contents {
		for _, id := range v.Content.FileIDs() {
			if f, ok := known[id]; ok {
				all[id] = f
			} else if _, asked := all[id]; !asked {
				all[id] = sealOf(r.s.cfg.Secret, r.id, id)
				missing = append(missing, id)
			}
		}
	}
	if len(missing) == 0 {
		return all, nil
	}
	sizes, err := r.s.cfg.Files.Sizes(ctx, missing)
	if err != nil {
		return nil, err
	}
	for _, id := range missing {
		if size, exists := sizes[id]; exists && size <= sealedMost {
			f := all[id]
			f.size = sealedSize(size)
			all[id] = f
		}
	}
	return all, nil
}

// keys open what a question shows now, and nothing that comes with its opening.
func (x sealedFiles) keys(q bank.Question) []FileKey {
	var keys []FileKey
	for _, id := range q.FileIDs() {
		if f := x[id]; f.size > 0 {
			keys = append(keys, FileKey{FileID: id, Sealed: f.id, Key: base64.StdEncoding.EncodeToString(f.key[:])})
		}
	}
	return keys
}

// ahead lists what is worth fetching now. What is needed first comes first: what opens next, then the next item; the
// others stand in the order of their ids, which tells nothing. keys are those that everybody has been given.
func (x sealedFiles) ahead(s *State, contents map[int64]Version, keys []FileKey) []SealedFile {
	if len(x) == 0 || s.Phase == PhaseClosed || s.Phase == PhaseScored {
		return nil
	}
	var list []SealedFile
	var bytes int64
	listed := map[string]bool{}
	for _, k := range keys {
		listed[k.FileID] = true
	}
	add := func(versionID int64, always bool) (fits bool) {
		for _, id := range contents[versionID].Content.FileIDs() {
			f := x[id]
			if f.size == 0 || listed[id] {
				continue
			}
			if !always && (bytes+f.size > aheadBytes || len(list) == aheadFiles) {
				return false
			}
			listed[id] = true
			bytes += f.size
			list = append(list, SealedFile{ID: f.id})
		}
		return true
	}
	if p := s.CurrentPlay(); p != nil && p.Status == PlayShown {
		add(p.VersionID, true)
	}
	before := len(list)
	first, fits := before, true
	for _, reserve := range []bool{false, true} {
		for _, it := range s.Items {
			if !fits || it.Reserve != reserve || s.Used(it.ID) {
				continue
			}
			next := first == before
			if fits = add(it.VersionID, next); next {
				first = len(list)
			}
		}
	}
	slices.SortFunc(list[first:], func(a, b SealedFile) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// sealedHead stands before the bytes: their number (4 bytes), the length of their type (1 byte), the type.
const sealedHead = 64

// sealedSize is the size of a sealed file: eight sizes between a power of two and the next, so that it tells little of
// what is inside, and costs at most an eighth more.
func sealedSize(size int64) int64 {
	n := max(size+sealedHead, 16<<10)
	step := int64(1) << (bits.Len64(uint64(n)) - 1 - 3)
	return (n + step - 1) / step * step
}

var errTypeTooLong = errors.New("the type of a file is too long to be sealed with it")

// seal encrypts a file. Each key encrypts this one text and no other, so the nonce may be zero.
func seal(f sealedFile, contentType string, data []byte) ([]byte, error) {
	if len(contentType) > sealedHead-5 {
		return nil, errTypeTooLong
	}
	blob := make([]byte, sealedSize(int64(len(data))))
	binary.BigEndian.PutUint32(blob, uint32(len(data)))
	blob[4] = byte(len(contentType))
	copy(blob[5:], contentType)
	copy(blob[sealedHead:], data)
	cipher, err := chacha20.NewUnauthenticatedCipher(f.key[:], make([]byte, chacha20.NonceSize))
	if err != nil {
		return nil, err
	}
	cipher.XORKeyStream(blob, blob)
	return blob, nil
}

// Sealed gives a sealed file of a round to whoever knows its id. It is no secret: without the key it says nothing.
func (s *Service) Sealed(ctx context.Context, roundID int64, sealedID string) ([]byte, error) {
	r, err := s.room(ctx, roundID)
	if err != nil {
		return nil, err
	}
	for range 2 {
		r.mu.Lock()
		files := r.sealed
		r.mu.Unlock()
		for fileID, f := range files {
			if f.id == sealedID && f.size > 0 {
				return s.sealed.get(ctx, s.ctx, sealedID, func(ctx context.Context) ([]byte, error) {
					file, data, err := s.cfg.Files.Read(ctx, fileID)
					if err != nil {
						return nil, err
					}
					return seal(f, file.ContentType, data)
				})
			}
		}
		// This node may be a moment behind the one that told of the file.
		if err := r.recent(ctx); err != nil {
			return nil, err
		}
	}
	return nil, fault.NothingHere
}
