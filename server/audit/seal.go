package audit

import "encoding/base32"

// Seal is the short form of a hash that people compare by eye: ten letters and digits without look-alikes, 50 bits.
func Seal(hash []byte) string {
	const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789" // no I, O, 0, 1
	s := base32.NewEncoding(alphabet).WithPadding(base32.NoPadding).EncodeToString(hash)
	return s[:5] + "-" + s[5:10]
}
