package importing

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"strings"
)

// archive is a zip file whose sizes were checked before anything is unpacked.
type archive map[string]*zip.File

func openArchive(data []byte) (archive, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, errBroken.Because(err)
	}
	if len(z.File) > maxParts {
		return nil, errTooLarge
	}
	parts := make(archive, len(z.File))
	var total uint64
	for _, f := range z.File {
		if f.Flags&1 != 0 {
			return nil, errPassword
		}
		name := path.Clean(strings.ReplaceAll(f.Name, "\\", "/"))
		isText := strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels")
		if total += f.UncompressedSize64; total > maxUnpacked || (isText && f.UncompressedSize64 > maxPart) {
			return nil, errTooLarge
		}
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if _, twice := parts[name]; twice {
			return nil, errBroken
		}
		parts[name] = f
	}
	return parts, nil
}

func (a archive) has(name string) bool { return a[name] != nil }

func (a archive) hasXML() bool {
	for name := range a {
		if strings.HasSuffix(strings.ToLower(name), ".xml") {
			return true
		}
	}
	return false
}

// read unpacks a part; a part that is longer than it declared is refused by the limit all the same.
func (a archive) read(name string, limit int64) ([]byte, error) {
	f := a[name]
	if f == nil {
		return nil, nil
	}
	r, err := f.Open()
	if err != nil {
		return nil, errBroken.Because(err)
	}
	defer r.Close() // it only reads
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, errBroken.Because(err)
	}
	if int64(len(b)) > limit {
		return nil, errTooLarge
	}
	return b, nil
}
