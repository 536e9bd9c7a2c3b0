package judging

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/judging/judgingdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// sign puts a signature under what the record says. seen is the hash that stood on the signer's screen: what is signed is
// what was seen, or nothing. (Empty: whatever stands; for programs that look at no screen.)
func (s *Service) sign(ctx context.Context, tx pgx.Tx, q *judgingdb.Queries, j Judging, step Step, seen string) (atUs int64, err error) {
	body, hash, err := j.Record().sealed()
	if err != nil {
		return 0, err
	}
	if seen != "" && seen != hex.EncodeToString(hash) {
		return 0, errMoved
	}
	for _, before := range []Step{StepCheck, StepClose} {
		if b, ok := j.Signature(before); ok && before != step && hex.EncodeToString(b.Hash) != hex.EncodeToString(hash) {
			return 0, errMoved // a name was corrected since: the secretary has to look again
		} else if ok && b.AccountID == account.From(ctx).AccountID {
			return 0, errSameSigner
		}
	}
	who := account.From(ctx)
	atUs = s.nowUs()
	if err := q.AddSignature(ctx, judgingdb.AddSignatureParams{RoundID: j.RoundID, Signing: int32(max(j.Signing.Number, 1)), Step: string(step),
		AccountID: who.AccountID, Name: who.Name, AtUs: atUs, Signed: body, Hash: hash}); err != nil {
		return 0, err
	}
	return atUs, record(ctx, tx, j, string(step), map[string]any{"round": j.RoundID, "signing": max(j.Signing.Number, 1), "sha256": hex.EncodeToString(hash),
		"inputs_sha256": j.inputsHash()})
}

// CheckPart confirms that the secretary has compared all sheets of the part. From now on nothing changes but by sending it
// back.
func (s *Service) CheckPart(ctx context.Context, contestID, roundID int64, seen string) error {
	return s.changeUntilClosed(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		if j.State() == PartChecked {
			return errChecked
		}
		if _, sits := j.SeatOf(account.From(ctx).AccountID); sits {
			return errOwnPanel
		}
		if gaps := j.For(account.From(ctx).AccountID).Gaps(); len(gaps) > 0 {
			return withGaps(errNotComplete, gaps)
		}
		at, err := s.sign(ctx, tx, q, j, StepCheck, seen)
		if err != nil {
			return err
		}
		return q.CheckJudgedRound(ctx, judgingdb.CheckJudgedRoundParams{RoundID: roundID, CheckedUs: at, CheckedBy: account.From(ctx).AccountID})
	})
}

// SendBack takes a check back, with a reason: the secretary or the head judge wants something to be looked at again.
func (s *Service) SendBack(ctx context.Context, contestID, roundID int64, door Door, reason string) error {
	reason, err := Reason(reason)
	if err != nil {
		return err
	}
	return s.changeUntilClosed(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		if err := j.mayAsk(account.From(ctx).AccountID, door, 0); err != nil {
			return err
		}
		if j.State() != PartChecked {
			return errNotChecked
		}
		if err := s.uncheck(ctx, q, j, reason); err != nil {
			return err
		}
		return record(ctx, tx, j, "send_back", map[string]any{"round": roundID, "reason": reason})
	})
}

func (s *Service) uncheck(ctx context.Context, q *judgingdb.Queries, j Judging, reason string) error {
	if _, err := q.EndSignatures(ctx, judgingdb.EndSignaturesParams{RoundID: j.RoundID, EndedUs: s.nowUs(), EndedName: account.From(ctx).Name, Reason: reason}); err != nil {
		return err
	}
	return q.UncheckJudgedRound(ctx, j.RoundID)
}

// Close is the head judge's act: the part is checked, and what was checked is what is signed. Nothing changes any more
// after it but by a revocation.
func (s *Service) Close(ctx context.Context, contestID, roundID int64, seen string) error {
	return s.changeUntilClosed(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		me := account.From(ctx).AccountID
		seat, sits := j.SeatOf(me)
		switch {
		case !sits:
			return errNotOnPanel
		case !seat.Head || seat.Absent:
			return errNotHead
		case j.State() != PartChecked:
			return withGaps(errNotChecked, j.For(0).Gaps())
		}
		if gaps := j.For(0).Gaps(); len(gaps) > 0 {
			return withGaps(errNotComplete, gaps)
		}
		at, err := s.sign(ctx, tx, q, j, StepClose, seen)
		if err != nil {
			return err
		}
		if err := q.CloseJudgedRound(ctx, judgingdb.CloseJudgedRoundParams{RoundID: roundID, ClosedUs: at, ClosedBy: me}); err != nil {
			return err
		}
		return s.contests.SetRoundState(ctx, tx, roundID, contest.Scored)
	})
}

// Witness is the supervisor's signature under a part that is closed.
func (s *Service) Witness(ctx context.Context, contestID, roundID int64, seen string) error {
	return s.changeAlways(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		if !j.Closed() {
			return errNotClosed
		}
		if _, sits := j.SeatOf(account.From(ctx).AccountID); sits {
			return errOwnPanel
		}
		if _, done := j.Signature(StepWitness); done {
			return errWitnessed
		}
		// What was closed is what is witnessed, also when a name was corrected since.
		row, err := q.SignedRecord(ctx, judgingdb.SignedRecordParams{RoundID: roundID, Signing: int32(j.Signing.Number)})
		if errors.Is(err, pgx.ErrNoRows) {
			return errNotClosed
		}
		if err != nil {
			return err
		}
		if seen != "" && seen != hex.EncodeToString(row.Hash) {
			return errMoved
		}
		who := account.From(ctx)
		for _, before := range []Step{StepCheck, StepClose} {
			if b, ok := j.Signature(before); ok && b.AccountID == who.AccountID {
				return errSameSigner
			}
		}
		if err := q.AddSignature(ctx, judgingdb.AddSignatureParams{RoundID: roundID, Signing: int32(j.Signing.Number), Step: string(StepWitness),
			AccountID: who.AccountID, Name: who.Name, AtUs: s.nowUs(), Signed: row.Signed, Hash: row.Hash}); err != nil {
			return err
		}
		return record(ctx, tx, j, string(StepWitness), map[string]any{"round": roundID, "signing": j.Signing.Number, "sha256": hex.EncodeToString(row.Hash)})
	})
}

// SetSupervised says whether the supervisor's signature is wanted under the part.
func (s *Service) SetSupervised(ctx context.Context, contestID, roundID int64, wanted bool) error {
	return s.changeUntilClosed(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		if err := q.SetSupervised(ctx, judgingdb.SetSupervisedParams{RoundID: roundID, Supervised: wanted}); err != nil {
			return err
		}
		return record(ctx, tx, j, "supervised", map[string]any{"round": roundID, "wanted": wanted})
	})
}

// NameHead makes another judge of the panel its head: there was none, or the head has fallen out.
func (s *Service) NameHead(ctx context.Context, contestID, roundID int64, seat int, reason string) error {
	reason, err := Reason(reason)
	if err != nil {
		return err
	}
	return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		n := slices.IndexFunc(j.Panel, func(x Seat) bool { return x.Number == seat })
		if n < 0 {
			return fault.NothingHere
		}
		if j.Panel[n].Absent {
			return errHeadAbsent
		}
		before, _ := j.Head()
		if err := q.TakeHead(ctx, roundID); err != nil {
			return err
		}
		if err := q.GiveHead(ctx, judgingdb.GiveHeadParams{RoundID: roundID, Seat: int32(seat)}); err != nil {
			return err
		}
		return s.noteChange(ctx, tx, q, j, Change{Kind: Headed, Seat: seat, Before: before.Name, After: j.Panel[n].Name, Reason: reason})
	})
}

// SignedRecord is what was signed when the part was closed for the n-th time, and its hash.
func (s *Service) SignedRecord(ctx context.Context, contestID, roundID int64, signing int) (Record, []byte, error) {
	if _, err := s.round(ctx, contestID, roundID); err != nil {
		return Record{}, nil, err
	}
	row, err := s.q.SignedRecord(ctx, judgingdb.SignedRecordParams{RoundID: roundID, Signing: int32(signing)})
	if errors.Is(err, pgx.ErrNoRows) {
		return Record{}, nil, errNotClosed
	}
	if err != nil {
		return Record{}, nil, postgres.Fault(err)
	}
	var r Record
	return r, row.Hash, json.Unmarshal(row.Signed, &r)
}

// addVersion keeps the state in which a sheet is locked.
func addVersion(ctx context.Context, q *judgingdb.Queries, sheetID int64, marks []MarkValue, lockedUs int64, paperRequest int64) error {
	body, hash, err := canonicalMarks(marks)
	if err != nil {
		return err
	}
	p := judgingdb.AddSheetVersionParams{SheetID: sheetID, Paper: paperRequest != 0, Marks: body, Hash: hash, LockedUs: lockedUs}
	if paperRequest != 0 {
		p.RequestID = &paperRequest
	}
	return q.AddSheetVersion(ctx, p)
}

// sealOf is the seal of a hash; none for none.
func sealOf(hash []byte) string {
	if len(hash) == 0 {
		return ""
	}
	return audit.Seal(hash)
}

// loadSigning reads how far the round is signed, and what was asked for on the way.
func (j *Judging) loadSigning(ctx context.Context, q *judgingdb.Queries) error {
	if err := j.loadPressed(ctx, q); err != nil {
		return err
	}
	signatures, err := q.Signatures(ctx, j.RoundID)
	if err != nil {
		return err
	}
	requests, err := q.Requests(ctx, j.RoundID)
	if err != nil {
		return err
	}
	ended, err := q.EndedVersions(ctx, j.RoundID)
	if err != nil {
		return err
	}
	return j.Signing.read(signatures, requests, ended)
}
