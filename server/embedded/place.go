package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A place is one data folder of PostgreSQL, the programs for it, the user to run them as, and how to reach it.
type place struct {
	dir   string // the data folder of Hội Thi
	data  string // postgres-18 in it
	bin   Binaries
	as    RunAs
	fresh bool // there are no data yet

	settings map[string]string
	initArgs []string
	url      func(database string) string
	leave    func() // removes what reachBy made outside the data folder
}

// choose finds the data and the programs that belong together: the data that are there choose the version, as each
// refuses the data of another; a new folder takes the newest programs.
func choose(ctx context.Context, dir, configured string) (p place, err error) {
	p.dir = dir
	found, err := FindBinaries(ctx, configured)
	if err != nil {
		return p, err
	}
	p.bin = found[0]
	major, err := existingMajor(dir)
	if err != nil {
		return p, errFolder.Because(err).With("folder", dir)
	}
	p.fresh = major == 0
	if !p.fresh {
		i := indexOfMajor(found, major)
		if i < 0 {
			return p, errOtherMajor.With("data", strconv.Itoa(major)).With("found", versions(found)).
				Because(fmt.Errorf("the data in %s are of PostgreSQL %d; found: %s", dir, major, versions(found)))
		}
		p.bin = found[i]
	}
	p.data = filepath.Join(dir, "postgres-"+strconv.Itoa(p.bin.Major))
	if p.as, err = userFor(p.data); err != nil {
		return p, errStart.Because(err)
	}
	if p.bin, err = p.bin.UsableBy(ctx, p.as, dir); err != nil {
		return p, errStart.Because(err)
	}
	if err = p.reachBy(); err != nil {
		return p, errFolder.Because(err).With("folder", dir)
	}
	return p, nil
}

// existingMajor is the highest major version that has data in the folder; 0 if none has.
func existingMajor(dir string) (int, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	highest := 0
	for _, e := range entries {
		if number, ok := strings.CutPrefix(e.Name(), "postgres-"); !ok || !e.IsDir() || strings.HasSuffix(number, ".new") {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(dir, e.Name(), "PG_VERSION"))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, err
		}
		major, err := strconv.Atoi(strings.TrimSpace(string(raw)))
		if err != nil {
			return 0, fmt.Errorf("PG_VERSION in %s: %w", e.Name(), err)
		}
		highest = max(highest, major)
	}
	return highest, nil
}

func indexOfMajor(found []Binaries, major int) int {
	for i, b := range found {
		if b.Major == major {
			return i
		}
	}
	return -1
}

func versions(found []Binaries) string {
	var all []string
	for _, b := range found {
		all = append(all, b.Version)
	}
	return strings.Join(all, ", ")
}
