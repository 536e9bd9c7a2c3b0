package files

import (
	"strconv"
	"strings"
)

// rangeOf reads a Range header for a file of this size. ok is false when the whole file is to be sent: no range, more
// than one, or one that can't be read, as RFC 9110 lets a server do. A size of 0 means that nothing of it can be sent.
func rangeOf(header string, size int64) (from, length int64, ok bool) {
	spec, is := strings.CutPrefix(strings.TrimSpace(header), "bytes=")
	if !is || strings.Contains(spec, ",") {
		return 0, size, false
	}
	first, last, is := strings.Cut(strings.TrimSpace(spec), "-")
	if !is {
		return 0, size, false
	}
	if first == "" { // the last so many bytes
		n, err := strconv.ParseUint(last, 10, 63)
		if err != nil {
			return 0, size, false
		}
		n = min(n, uint64(size))
		return size - int64(n), int64(n), true
	}
	start, err := strconv.ParseUint(first, 10, 63)
	if err != nil {
		return 0, size, false
	}
	end := uint64(size - 1)
	if last != "" {
		n, err := strconv.ParseUint(last, 10, 63)
		if err != nil || n < start {
			return 0, size, false
		}
		end = min(end, n)
	}
	if start >= uint64(size) {
		return 0, 0, true
	}
	return int64(start), int64(end - start + 1), true
}
