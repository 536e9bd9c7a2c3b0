package exam

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/timing"
)

// The two long reads of standings. They are read from indexes in their order, and as numbers without a row of their own
// each: of half a million attempts the usual way of reading would take longer than the ranking.
const (
	readCounting = `SELECT entry_id, points, correct, items, time_us, finished_us, guess FROM exam_attempt WHERE period_id = $1 AND counts ORDER BY entry_id`

	readMembers = `SELECT id, division_id, coalesce(unit_id, 0)::bigint FROM round_entrant WHERE round_id = $1 ORDER BY id`
)

// membership is who enters a round, and where each belongs today.
type membership struct {
	divisions map[int64]int64
	members   []member // by entry
}

type member struct{ id, division, unit int64 }

// unit is that of an entry; 0: none.
func (m membership) unit(entry int64) int64 {
	i, found := slices.BinarySearchFunc(m.members, entry, func(x member, id int64) int { return cmp.Compare(x.id, id) })
	if !found {
		return 0
	}
	return m.members[i].unit
}

// counted reads what counts of those who are ranked, by period and in each by entry, and where the entries belong, as they
// stood at one moment.
func (r *room) counted(ctx context.Context, f *facts) (periods [][]Counted, who membership, err error) {
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = postgres.InTxWith(ctx, r.s.db, snapshot, func(tx pgx.Tx) error {
		if who, err = readMembership(ctx, tx, r.id); err != nil {
			return err
		}
		inOrder := slices.SortedFunc(slices.Values(f.periods), func(a, b Period) int { return cmp.Compare(a.ID, b.ID) })
		for _, p := range inOrder {
			list, err := f.readCounting(ctx, tx, p, who)
			if err != nil {
				return err
			}
			if len(list) > 0 {
				periods = append(periods, list)
			}
		}
		return nil
	})
	return periods, who, postgres.Fault(err)
}

func readMembership(ctx context.Context, tx pgx.Tx, roundID int64) (membership, error) {
	var who membership
	err := numbers(ctx, tx, readMembers, func(row [][]byte) {
		who.members = append(who.members, member{id: int8Of(row[0]), division: int8Of(row[1]), unit: int8Of(row[2])})
	}, roundID)
	who.divisions = make(map[int64]int64, len(who.members))
	for _, m := range who.members {
		who.divisions[m.id] = m.division
	}
	return who, err
}

// readCounting reads a period. Who has withdrawn, or does not enter the round, is not ranked.
func (f *facts) readCounting(ctx context.Context, tx pgx.Tx, p Period, who membership) ([]Counted, error) {
	n, err := examdb.New(tx).CountCounting(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	opens := f.opening(p)
	list, members := make([]Counted, 0, n), who.members
	err = numbers(ctx, tx, readCounting, func(row [][]byte) {
		entry := int8Of(row[0])
		for len(members) > 0 && members[0].id < entry { // both come by entry
			members = members[1:]
		}
		if len(members) == 0 || members[0].id != entry {
			return
		}
		c := Counted{EntryID: entry, PeriodID: p.ID, Points: int8Of(row[1]), Correct: int4Of(row[2]), Items: int4Of(row[3]), TimeUs: int8Of(row[4]),
			SubmittedUs: int8Of(row[5]) - opens(entry, members[0].division, members[0].unit)}
		if row[6] != nil {
			c.Guess, c.Guessed = int8Of(row[6]), true
		}
		list = append(list, c)
	}, p.ID)
	return list, err
}

// opening tells when a period opened for an entry. Exceptions are asked only for those whom one with another beginning
// concerns: there may be hundreds of them.
func (f *facts) opening(p Period) func(entryID, divisionID, unitID int64) int64 {
	var own []override
	for _, o := range f.overrides {
		if o.OpensUs != nil && (o.PeriodID == nil || *o.PeriodID == p.ID) {
			own = append(own, o)
		}
	}
	windows := map[int64]timing.Window{}
	return func(entryID, divisionID, unitID int64) int64 {
		w, known := windows[divisionID]
		if !known {
			w, _ = p.Window(divisionID)
			windows[divisionID] = w
		}
		for _, o := range own {
			if o.EntryID != nil && *o.EntryID == entryID || o.units[unitID] {
				return f.allowance(p.ID, entryID, unitID).Apply(w).OpensUs
			}
		}
		return w.OpensUs
	}
}

// numbers reads rows of whole numbers as they come over the network.
func numbers(ctx context.Context, tx pgx.Tx, sql string, each func(row [][]byte), args ...any) error {
	rows, err := tx.Query(ctx, sql, append([]any{pgx.QueryResultFormats{pgx.BinaryFormatCode}}, args...)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		each(rows.RawValues())
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read what counts: %w", err)
	}
	return nil
}

func int8Of(b []byte) int64 { return int64(binary.BigEndian.Uint64(b)) }

func int2Of(b []byte) int16 { return int16(binary.BigEndian.Uint16(b)) }

func int4Of(b []byte) int { return int(int32(binary.BigEndian.Uint32(b))) }
