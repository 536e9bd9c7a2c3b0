package roster

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// codeAlphabet has no vowels and none of s f r x j w z d: a Vietnamese keyboard (Telex, VNI) turns those into other
// letters while they are typed. It has no 0, 1, G, B either, which look like other signs. 18^8 is 1.1 × 10^10.
const (
	codeAlphabet = "CHKLMNPQTV23456789"
	codeLength   = 8
)

// secrets makes, checks, seals and opens codes and links. Each purpose has its own key, derived from the server's.
type secrets struct {
	codeKey, linkKey, receiptKey, citizenKey []byte
	seal                                     cipher.AEAD
}

func newSecrets(serverKey []byte) *secrets {
	derive := func(purpose string) []byte {
		h := hmac.New(sha256.New, serverKey)
		h.Write([]byte("hoithi roster " + purpose))
		return h.Sum(nil)
	}
	block, err := aes.NewCipher(derive("seal"))
	if err != nil {
		panic(fmt.Sprintf("roster: a derived key has the wrong length: %v", err))
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(fmt.Sprintf("roster: AES without GCM: %v", err))
	}
	return &secrets{codeKey: derive("code"), linkKey: derive("link"), receiptKey: derive("receipt"),
		citizenKey: derive("citizen"), seal: aead}
}

// newCode makes a code of an entry.
func newCode() string {
	var b strings.Builder
	buf := make([]byte, 1)
	for b.Len() < codeLength {
		_, _ = rand.Read(buf) // never fails: it ends the process instead
		// 252 is the largest multiple of 18 within a byte: no sign is likelier than another.
		if buf[0] < 252 {
			b.WriteByte(codeAlphabet[int(buf[0])%len(codeAlphabet)])
		}
	}
	return b.String()
}

// newLinkToken makes the secret of a personal link: 128 bits, short enough for a coarse QR code.
func newLinkToken() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// CleanCode reads a code as people type it: any case, with spaces or dashes, and with the marks that a keyboard may
// have added.
func CleanCode(s string) string {
	if len(s) > 200 {
		return ""
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, norm.NFKD.String(s))
}

func (s *secrets) codeMAC(contestID int64, code string) []byte {
	h := hmac.New(sha256.New, s.codeKey)
	var id [8]byte
	binary.BigEndian.PutUint64(id[:], uint64(contestID))
	h.Write(id[:])
	h.Write([]byte(code))
	return h.Sum(nil)
}

func (s *secrets) linkMAC(token string) []byte {
	h := hmac.New(sha256.New, s.linkKey)
	h.Write([]byte(token))
	return h.Sum(nil)
}

func (s *secrets) receiptMAC(token string) []byte {
	h := hmac.New(sha256.New, s.receiptKey)
	h.Write([]byte(token))
	return h.Sum(nil)
}

// sealed encrypts a secret so that a card can be printed again; purpose binds it to its column and contest.
func (s *secrets) sealed(purpose string, contestID int64, plain string) []byte {
	nonce := make([]byte, s.seal.NonceSize())
	_, _ = rand.Read(nonce)
	return s.seal.Seal(nonce, nonce, []byte(plain), fmt.Appendf(nil, "%s %d", purpose, contestID))
}

func (s *secrets) opened(purpose string, contestID int64, sealed []byte) (string, error) {
	n := s.seal.NonceSize()
	if len(sealed) < n {
		return "", errors.New("roster: a sealed secret is too short")
	}
	plain, err := s.seal.Open(nil, sealed[:n], sealed[n:], fmt.Appendf(nil, "%s %d", purpose, contestID))
	if err != nil {
		return "", errors.New("roster: a sealed secret cannot be opened with this server's key")
	}
	return string(plain), nil
}
