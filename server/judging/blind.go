package judging

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/judging/judgingdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// Codes gives each entry (by its candidate number) a code that only the seed decides: "M07". taken are codes given
// before. The numbers are scattered over a range four times as large as the field, so that neither the next code nor the
// place of an entry can be guessed from another one.
func Codes(seed string, numbers map[int64]int, taken map[int64]string) map[int64]string {
	digits, pool := 2, 100
	for pool < 4*(len(numbers)+len(taken)) {
		digits, pool = digits+1, pool*10
	}
	used := map[string]bool{}
	codes := map[int64]string{}
	for id, c := range taken {
		used[c], codes[id] = true, c
	}
	ids := make([]int64, 0, len(numbers))
	for id := range numbers {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b int64) int { return numbers[a] - numbers[b] })
	for _, id := range ids {
		for try := 0; codes[id] == ""; try++ {
			sum := sha256.Sum256([]byte(seed + ":" + strconv.Itoa(numbers[id]) + ":" + strconv.Itoa(try)))
			code := fmt.Sprintf("M%0*d", digits, binary.BigEndian.Uint64(sum[:8])%uint64(pool))
			if n := strings.Trim(code, "M0"); n != "" && !used[code] {
				used[code], codes[id] = true, code
			}
		}
	}
	return codes
}

// For is the round as an account may know it (0: the judges and the hall). In a blind round that is not closed everybody
// but the keeper of the names sees codes: no name, unit, number, title or entry; and the order of the codes instead of
// the running order, which may have been drawn in public.
func (j Judging) For(accountID int64) Judging {
	if !j.Blind || j.Closed() || accountID != 0 && accountID == j.BlindKeeper {
		return j
	}
	whole := j
	j.whole = &whole
	names := map[int64]string{}
	j.Performances = slices.Clone(j.Performances)
	for i := range j.Performances {
		p := &j.Performances[i]
		if p.EntryID == 0 {
			continue // a performance that belongs to nobody
		}
		names[p.EntryID] = p.Code
		// A number of its own for each, so that nothing that goes by entries mixes them up.
		p.EntryID, p.Number, p.EntryName, p.UnitName, p.Title, p.masked = -p.ID, 0, p.Code, "", "", true
	}
	slices.SortStableFunc(j.Performances, func(a, b Performance) int {
		if a.masked != b.masked {
			return a.Position - b.Position
		}
		if !a.masked {
			return a.Position - b.Position
		}
		return strings.Compare(a.Code, b.Code)
	})
	place := 0
	for i := range j.Performances {
		if p := &j.Performances[i]; p.masked {
			place++
			p.Position = place
		}
	}
	changes := make([]Change, 0, len(j.Changes))
	for _, c := range j.Changes {
		if c.ofOrder() {
			// What was typed as the reason may name the entry.
			c.Entry, c.EntryID, c.Before, c.After, c.Reason = names[c.EntryID], 0, "", "", ""
		}
		changes = append(changes, c)
	}
	j.Changes, j.OrderSeed, j.DrawID, j.blindSeed = changes, "", 0, ""
	return j
}

// named is the round with its names: what is signed, and what scores follow from, is always the whole.
func (j Judging) named() Judging {
	if j.whole != nil {
		return *j.whole
	}
	return j
}

// loadCodes reads the codes of a blind round; once it is closed they are shown beside the names.
func (j *Judging) loadCodes(ctx context.Context, q *judgingdb.Queries) error {
	if !j.Blind {
		return nil
	}
	rows, err := q.BlindCodes(ctx, j.RoundID)
	if err != nil {
		return err
	}
	codes := map[int64]string{}
	for _, r := range rows {
		codes[r.EntryID] = r.Code
	}
	for i := range j.Performances {
		j.Performances[i].Code = codes[j.Performances[i].EntryID]
	}
	return nil
}

// BlindView is what the organizers know of the blindness of a round.
type BlindView struct {
	Blind  bool   `json:"blind" doc:"Judges, the hall and the table see codes until the close"`
	Keeper int64  `json:"keeper" doc:"Account that alone sees the names before the close; 0: not blind"`
	Name   string `json:"name" doc:"The keeper's name"`
	Hidden bool   `json:"hidden" doc:"Names are hidden from the one who looks now"`
	Seed   string `json:"seed" doc:"Seed of the codes; empty until the close, except for the keeper"`
}

func (j Judging) blindView() BlindView {
	return BlindView{Blind: j.Blind, Keeper: j.BlindKeeper, Name: j.KeeperName, Seed: j.blindSeed,
		Hidden: slices.ContainsFunc(j.Performances, func(p Performance) bool { return p.masked })}
}

// Keeper is an account that may hold the names of a blind round.
type Keeper struct {
	AccountID int64  `json:"account_id"`
	Name      string `json:"name"`
}

// Keepers lists the organizers and secretaries of a contest.
func (s *Service) Keepers(ctx context.Context, contestID int64) ([]Keeper, error) {
	rows, err := s.q.Keepers(ctx, contestID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	list := make([]Keeper, 0, len(rows))
	for _, r := range rows {
		list = append(list, Keeper{AccountID: r.ID, Name: r.Name})
	}
	return list, nil
}

// SetBlind makes a round blind under new codes, or open, before its first performance. keeper alone sees the names until
// the close. Afterwards only the keeper can change, with a reason: somebody must be able to put the entries on stage.
func (s *Service) SetBlind(ctx context.Context, contestID, roundID int64, blind bool, keeper int64, reason string) error {
	seed, reason := s.newSeed(), tidy(reason)
	return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		handedOver := blind && j.Blind && keeper != j.BlindKeeper
		switch {
		case j.Started() && !handedOver:
			return errRulesStand
		case handedOver && !fits(reason, 2, maxReason):
			return errReason
		case j.Blind && !blind && account.From(ctx).AccountID != j.BlindKeeper:
			return errNamesHeld
		case blind && j.Blind && !handedOver:
			return nil
		}
		if !blind {
			if err := q.DropBlindCodes(ctx, roundID); err != nil {
				return err
			}
			if err := q.SetBlind(ctx, judgingdb.SetBlindParams{RoundID: roundID}); err != nil {
				return err
			}
			return record(ctx, tx, j, "open_names", map[string]any{"round": roundID})
		}
		rows, err := q.Keepers(ctx, j.ContestID)
		if err != nil {
			return err
		}
		n := slices.IndexFunc(rows, func(r judgingdb.KeepersRow) bool { return r.ID == keeper })
		if n < 0 {
			return errKeeper
		}
		if _, sits := j.SeatOf(keeper); sits {
			return errKeeper
		}
		if handedOver {
			if err := q.SetBlind(ctx, judgingdb.SetBlindParams{RoundID: roundID, BlindSeed: &j.blindSeed, BlindKeeper: &keeper}); err != nil {
				return err
			}
			return s.noteChange(ctx, tx, q, j, Change{Kind: NamesHeld, Before: j.KeeperName, After: rows[n].Name, Reason: reason})
		}
		if err := q.SetBlind(ctx, judgingdb.SetBlindParams{RoundID: roundID, BlindSeed: &seed, BlindKeeper: &keeper}); err != nil {
			return err
		}
		j.Blind, j.blindSeed = true, seed
		if err := putOrder(ctx, q, j, j.turns()); err != nil {
			return err
		}
		// The seed stands in no record that others may read before the close; its hash binds it.
		sum := sha256.Sum256([]byte(seed))
		return record(ctx, tx, j, "blind", map[string]any{"round": roundID, "keeper": keeper, "name": rows[n].Name, "seed_sha256": fmt.Sprintf("%x", sum)})
	})
}

// giveCodes gives the entries of a blind round that have none yet their codes.
func (j Judging) giveCodes(ctx context.Context, q *judgingdb.Queries, turns []Turn) (map[int64]string, error) {
	rows, err := q.BlindCodes(ctx, j.RoundID)
	if err != nil {
		return nil, err
	}
	taken, numbers := map[int64]string{}, map[int64]int{}
	for _, r := range rows {
		taken[r.EntryID] = r.Code
	}
	known, err := entries(ctx, q, j.RoundID)
	if err != nil {
		return nil, err
	}
	for _, p := range j.Performances {
		known[p.EntryID] = p.Number
	}
	for _, t := range turns {
		if taken[t.EntryID] == "" {
			numbers[t.EntryID] = known[t.EntryID]
		}
	}
	codes := Codes(j.blindSeed, numbers, taken)
	for id := range numbers {
		if err := q.AddBlindCode(ctx, judgingdb.AddBlindCodeParams{RoundID: j.RoundID, EntryID: id, Code: codes[id]}); err != nil {
			return nil, err
		}
	}
	return codes, nil
}

// turns are the turns of the running order as it stands.
func (j Judging) turns() []Turn {
	turns := make([]Turn, 0, len(j.Performances))
	for _, p := range j.Performances {
		if p.EntryID != 0 {
			turns = append(turns, Turn{EntryID: p.EntryID, Title: p.Title})
		}
	}
	return turns
}
