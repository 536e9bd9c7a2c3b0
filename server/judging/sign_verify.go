package judging

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/judging/judgingdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// Check looks at what was signed and locked: that the bytes have the hashes, that the audit chain recorded them, that the
// signature that stands follows from the marks as they are now, and that no version of a sheet is missing.
func (s *Service) Check(ctx context.Context, roundID int64) ([]string, error) {
	round, err := s.round(ctx, 0, roundID)
	if err != nil {
		return nil, err
	}
	var wrong []string
	err = postgres.InTxWith(ctx, s.db, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		j, err := load(ctx, q, round)
		if err != nil {
			return err
		}
		signatures, err := checkSignatures(ctx, q, round, j)
		if err != nil {
			return err
		}
		versions, err := checkVersions(ctx, q, j)
		wrong = append(signatures, versions...)
		return err
	})
	return wrong, postgres.Fault(err)
}

// recordedSignature is what the audit chain holds of a signature.
type recordedSignature struct {
	Round   int64  `json:"round"`
	Signing int    `json:"signing"`
	SHA256  string `json:"sha256"`
}

func checkSignatures(ctx context.Context, q *judgingdb.Queries, round contest.Round, j Judging) ([]string, error) {
	rows, err := q.SignedBytes(ctx, round.ID)
	if err != nil {
		return nil, err
	}
	payloads, err := q.RecordedSignatures(ctx, round.ContestID)
	if err != nil {
		return nil, err
	}
	recorded := []recordedSignature{}
	for _, p := range payloads {
		var r recordedSignature
		if json.Unmarshal(p, &r) == nil && r.Round == round.ID && r.SHA256 != "" {
			recorded = append(recorded, r)
		}
	}
	wrong := []string{}
	if len(recorded) != len(rows) {
		wrong = append(wrong, fmt.Sprintf("the audit chain records %d signatures, %d are stored", len(recorded), len(rows)))
	}
	for i, row := range rows {
		sum := sha256.Sum256(row.Signed)
		if !bytes.Equal(sum[:], row.Hash) {
			wrong = append(wrong, fmt.Sprintf("what %s signed (%s, signing %d) does not have the hash that was stored with it", row.Name, row.Step, row.Signing))
		}
		if i < len(recorded) && recorded[i].SHA256 != hex.EncodeToString(row.Hash) {
			wrong = append(wrong, fmt.Sprintf("the audit chain does not record this hash of what %s signed (%s, signing %d)", row.Name, row.Step, row.Signing))
		}
		if row.EndedUs == nil {
			wrong = append(wrong, follows(row.Signed, j)...)
		}
	}
	return wrong, nil
}

// follows compares what stands signed with what the marks give now. Names are left out: a name that is corrected later
// changes no score.
func follows(signed []byte, j Judging) []string {
	var then Record
	if err := json.Unmarshal(signed, &then); err != nil {
		return []string{"what was signed cannot be read: " + err.Error()}
	}
	now := j.Record()
	wrong := []string{}
	if then.InputsSHA256 != now.InputsSHA256 {
		wrong = append(wrong, "the marks, times or rules are not those that were signed")
	}
	for _, t := range then.Turns {
		i := slices.IndexFunc(now.Turns, func(n RecordTurn) bool { return n.EntryID == t.EntryID })
		switch {
		case i < 0:
			wrong = append(wrong, fmt.Sprintf("%s was signed for and is not in the round", t.Number))
		case now.Turns[i].Score != t.Score || now.Turns[i].Place != t.Place || now.Turns[i].Seconds != t.Seconds:
			wrong = append(wrong, fmt.Sprintf("%s: signed %d (place %d), computed again %d (place %d), hundredths of a point", t.Number, t.Score, t.Place, now.Turns[i].Score, now.Turns[i].Place))
		}
	}
	return wrong
}

func checkVersions(ctx context.Context, q *judgingdb.Queries, j Judging) ([]string, error) {
	rows, err := q.AllVersions(ctx, j.RoundID)
	if err != nil {
		return nil, err
	}
	wrong := []string{}
	last := map[int64]judgingdb.AllVersionsRow{}
	for _, v := range rows {
		sum := sha256.Sum256(v.Marks)
		if !bytes.Equal(sum[:], v.Hash) {
			wrong = append(wrong, fmt.Sprintf("version %d of sheet %d does not have the hash that was stored with it", v.Number, v.SheetID))
		}
		if before := last[v.SheetID]; v.Number != before.Number+1 || before.Number > 0 && before.EndedUs == nil {
			wrong = append(wrong, fmt.Sprintf("the versions of sheet %d have a gap before %d", v.SheetID, v.Number))
		}
		last[v.SheetID] = v
	}
	for _, sheet := range j.Sheets {
		v, there := last[sheet.ID]
		stands := there && v.EndedUs == nil
		if stands != (sheet.State == Locked) {
			wrong = append(wrong, fmt.Sprintf("sheet %d is %s, and its newest version does not fit that", sheet.ID, sheet.State))
			continue
		}
		if !stands {
			continue
		}
		body, _, err := canonicalMarks(markValues(j.Rubric(), sheet))
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(body, v.Marks) || v.Paper != sheet.Paper {
			wrong = append(wrong, fmt.Sprintf("the marks of sheet %d are not those that were locked", sheet.ID))
		}
	}
	return wrong, nil
}
