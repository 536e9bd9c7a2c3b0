package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// NewToken makes a secret for a link or a cookie: 256 bits, safe in addresses.
func NewToken() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails since Go 1.24: it ends the process instead
	return base64.RawURLEncoding.EncodeToString(b)
}

// HashToken is what Postgres keeps of a token. Tokens have 256 random bits, so a plain hash is enough.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
