package bank

import (
	"errors"
	"runtime"
	"sync"

	"github.com/hoithi/hoithi/server/bank/bankdb"
)

// knownOfBank makes the questions of a bank ready to be compared, with all processors: somebody waits, and 50,000 of them
// take one processor three seconds.
func knownOfBank(rows []bankdb.EveryItemRow) ([]known, error) {
	out := make([]known, len(rows))
	parts := runtime.GOMAXPROCS(0)
	faults := make([]error, parts)
	var group sync.WaitGroup
	for part := range parts {
		group.Go(func() {
			for i := part; i < len(rows) && faults[part] == nil; i += parts {
				out[i], faults[part] = knownOfRow(rows[i])
			}
		})
	}
	group.Wait()
	return out, errors.Join(faults...)
}

func knownOfRow(r bankdb.EveryItemRow) (known, error) {
	whole := func() (Content, error) {
		c, err := Decode(r.Content)
		c.Topic, c.Difficulty = r.Path, Difficulty(r.Difficulty)
		return c, err
	}
	c, err := whole()
	if err != nil {
		return known{}, err
	}
	k := knownOf(c)
	k.itemID, k.retired, k.version, k.whole = r.ID, r.Retired, int(r.Version), whole
	return k, nil
}
