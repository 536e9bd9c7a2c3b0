package embedded

import (
	"errors"
	"path/filepath"
	"strings"
)

// rootsFolder is where data go that root asked to keep in a place which PostgreSQL's user cannot reach.
const rootsFolder = "/var/lib/hoithi"

// DataDir makes the data folder and says where it is. It is the one that was asked for, unless this process is root
// and the server's user cannot reach it (under /root, say): then it is in /var/lib/hoithi, under a name made from the
// path, so that two folders never share their data.
func DataDir(asked string) (string, error) {
	dir, err := whereIs(asked)
	if err != nil {
		return "", err
	}
	return dir, openTo(dir)
}

func whereIs(asked string) (string, error) {
	if strings.TrimSpace(asked) == "" {
		return "", errors.New("no data folder is named")
	}
	dir, err := filepath.Abs(asked)
	if err != nil {
		return "", err
	}
	if !canReach(dir) {
		name := strings.ReplaceAll(strings.Trim(filepath.ToSlash(dir), "/"), "/", "-")
		dir = filepath.Join(rootsFolder, name)
	}
	return dir, nil
}
