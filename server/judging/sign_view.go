package judging

import (
	"encoding/hex"

	"github.com/hoithi/hoithi/server/scoring"
)

// SigningView is how far a part is signed, for those who tally and watch.
type SigningView struct {
	State      SigningState `json:"state" enum:"open,checked,closed" doc:"Until closed everything is provisional"`
	Number     int          `json:"number" doc:"Which time the part is signed: rises with each revocation"`
	Hash       string       `json:"hash" doc:"SHA-256 of what would be signed now or was signed; send it back to sign exactly what is shown. Empty: not ready"`
	Seal       string       `json:"seal" doc:"Mã niêm phong: short form of what was signed; empty until checked"`
	HeadSeat   int          `json:"head_seat" doc:"Who closes the part; 0: nobody is named"`
	HeadName   string       `json:"head_name"`
	Supervised bool         `json:"supervised" doc:"The supervisor's signature is wanted"`
	// Signatures are all there ever were, also those that were sent back or revoked.
	Signatures []SignatureView `json:"signatures"`
	Requests   []RequestView   `json:"requests" doc:"What waits for a second person first, then what was decided, newest first"`
	Exceptions []Exception     `json:"exceptions" doc:"The annex of the minutes"`
}

// SignatureView is a signature under a part.
type SignatureView struct {
	Number  int    `json:"number"`
	Step    Step   `json:"step" enum:"check,close,witness"`
	Name    string `json:"name"`
	AtUs    int64  `json:"at_us"`
	Seal    string `json:"seal"`
	EndedUs int64  `json:"ended_us" doc:"0: stands"`
	EndedBy string `json:"ended_by"`
	Reason  string `json:"reason" doc:"Why it was sent back or revoked"`
	Revoked bool   `json:"revoked" doc:"By two people, after the close; else it was sent back"`
}

// RequestView is what waits for a second person, or was decided by one. Marks of paper are never in it: the second
// person reads them from the paper.
type RequestView struct {
	ID            int64        `json:"id"`
	Kind          RequestKind  `json:"kind" enum:"reopen,paper,revoke"`
	State         RequestState `json:"state" enum:"asked,confirmed,refused,withdrawn"`
	PerformanceID int64        `json:"performance_id" doc:"0: the part as a whole"`
	EntryName     string       `json:"entry_name"`
	Seat          int          `json:"seat" doc:"Whose sheet; 0: the part as a whole"`
	JudgeName     string       `json:"judge_name"`
	Reason        string       `json:"reason"`
	Replaces      bool         `json:"replaces" doc:"Paper in place of what the device had saved"`
	Correction    bool         `json:"correction" doc:"A revocation after the result was final"`
	AskedBy       int64        `json:"asked_by" doc:"Account: another one has to confirm"`
	AskedName     string       `json:"asked_name"`
	AskedUs       int64        `json:"asked_us"`
	DecidedName   string       `json:"decided_name"`
	DecidedUs     int64        `json:"decided_us"`
}

// VersionView is a state in which a sheet was locked once, and counts no more.
type VersionView struct {
	Number   int         `json:"number"`
	Paper    bool        `json:"paper"`
	Marks    []MarkValue `json:"marks"`
	Total    int64       `json:"total"`
	LockedUs int64       `json:"locked_us"`
	EndedUs  int64       `json:"ended_us"`
	Reason   string      `json:"reason" doc:"Why it was reopened"`
	AskedBy  string      `json:"asked_by"`
	Allowed  string      `json:"allowed_by" doc:"Who confirmed the reopening"`
}

// JudgeSigning is how far a part is signed, for its judges.
type JudgeSigning struct {
	State  SigningState `json:"state" enum:"open,checked,closed"`
	Number int          `json:"number"`
	Seal   string       `json:"seal" doc:"Empty until closed"`
	// Requests are those that concern the judge: of the own sheets, and for the head judge all.
	Requests []RequestView `json:"requests"`
}

// ReturnedView tells a judge why a locked sheet is open again.
type ReturnedView struct {
	Reason  string `json:"reason"`
	By      string `json:"by" doc:"Who asked for it"`
	AtUs    int64  `json:"at_us"`
	Version int    `json:"version" doc:"How often it was locked before"`
}

// ClosingView is the page on which the head judge closes a part: what was reached, and what is missing. Of a performance
// whose sheet the head judge has not locked yet it tells no score.
type ClosingView struct {
	Hash  string        `json:"hash" doc:"Send it back to sign exactly what is shown; empty: not checked yet"`
	Gaps  []Gap         `json:"gaps"`
	Turns []ClosingTurn `json:"turns" doc:"In running order"`
	// Checked is the secretary's signature; absent: the secretary has not checked the part yet.
	Checked    *SignatureView `json:"checked,omitempty"`
	Exceptions []Exception    `json:"exceptions" doc:"Only once the part is checked"`
}

// ClosingTurn is a line of the head judge's table.
type ClosingTurn struct {
	PerformanceView
	Locked   int   `json:"locked" doc:"How many sheets are locked"`
	Waits    int   `json:"waits" doc:"How many sheets are waited for"`
	Complete bool  `json:"complete"`
	Shown    bool  `json:"shown" doc:"The head judge has locked the own sheet: the score may be read"`
	Score    int64 `json:"score" doc:"0 unless shown"`
	Place    int   `json:"place" doc:"0 unless all are shown and complete"`
	Tied     bool  `json:"tied"`
	// Sheets are filled only where the score may be read.
	Sheets []ClosingSheet `json:"sheets"`
}

// ClosingSheet is a sheet's total in the head judge's table.
type ClosingSheet struct {
	Seat    int   `json:"seat"`
	Total   int64 `json:"total"`
	Dropped bool  `json:"dropped" doc:"Does not count by the rules"`
	Paper   bool  `json:"paper"`
}

// signed gives the hash of what would be signed now, or was: empty while something is missing.
func (j Judging) signed(ready bool) []byte {
	for _, step := range []Step{StepClose, StepCheck} {
		if s, ok := j.Signature(step); ok {
			return s.Hash
		}
	}
	if !ready || j.State() != PartOpen {
		return nil
	}
	_, hash, err := j.named().Record().sealed()
	if err != nil {
		return nil // what can't be encoded can't be signed either; the act says why
	}
	return hash
}

func (j Judging) signingView(gaps []Gap) SigningView {
	hash := j.signed(len(gaps) == 0)
	v := SigningView{State: j.State(), Number: max(j.Signing.Number, 1), Hash: hex.EncodeToString(hash), Supervised: j.Signing.Supervised,
		Signatures: []SignatureView{}, Requests: []RequestView{}, Exceptions: j.exceptions()}
	if v.State != PartOpen {
		v.Seal = sealOf(hash)
	}
	if head, ok := j.Head(); ok {
		v.HeadSeat, v.HeadName = head.Number, head.Name
	}
	for _, s := range j.Signing.Signatures {
		v.Signatures = append(v.Signatures, s.view())
	}
	v.Requests = j.requestViews(func(Request) bool { return true })
	return v
}

func (s Signature) view() SignatureView {
	return SignatureView{Number: s.Number, Step: s.Step, Name: s.Name, AtUs: s.AtUs, Seal: sealOf(s.Hash), EndedUs: s.EndedUs, EndedBy: s.EndedBy,
		Reason: s.Reason, Revoked: s.RequestID != 0}
}

func (j Judging) requestViews(keep func(Request) bool) []RequestView {
	views := []RequestView{}
	for _, waiting := range []bool{true, false} {
		for i := len(j.Signing.Requests) - 1; i >= 0; i-- {
			r := j.Signing.Requests[i]
			if (r.State == Asked) != waiting || !keep(r) {
				continue
			}
			p, _ := j.Performance(r.PerformanceID)
			seat, _ := j.SeatOf(r.AccountID)
			views = append(views, RequestView{ID: r.ID, Kind: r.Kind, State: r.State, PerformanceID: r.PerformanceID, EntryName: p.EntryName, Seat: seat.Number,
				JudgeName: seat.Name, Reason: r.Reason, Replaces: r.Replaces, Correction: r.Correction, AskedBy: r.AskedBy, AskedName: r.AskedName,
				AskedUs: r.AskedUs, DecidedName: r.DecidedName, DecidedUs: r.DecidedUs})
		}
	}
	return views
}

// versionViews are the ended versions of a sheet.
func (j Judging) versionViews(performanceID, accountID int64) []VersionView {
	rubric, views := j.Rubric(), []VersionView{}
	for _, v := range j.Versions(performanceID, accountID) {
		values := map[int64]int64{}
		for _, m := range v.Marks {
			values[m.CriterionID] = m.Value
		}
		_, total, _ := rubric.Total(values, j.Rules.Combining.Decimals)
		r, _ := j.Request(v.EndedBy)
		views = append(views, VersionView{Number: v.Number, Paper: v.Paper, Marks: v.Marks, Total: total, LockedUs: v.LockedUs, EndedUs: v.EndedUs,
			Reason: r.Reason, AskedBy: r.AskedName, Allowed: r.DecidedName})
	}
	return views
}

// judgeSigning is what a judge reads of the signing.
func (j Judging) judgeSigning(seat Seat) JudgeSigning {
	v := JudgeSigning{State: j.State(), Number: max(j.Signing.Number, 1)}
	if s, ok := j.Signature(StepClose); ok {
		v.Seal = sealOf(s.Hash)
	}
	v.Requests = j.requestViews(func(r Request) bool { return seat.Head || r.AccountID == seat.AccountID || r.AskedBy == seat.AccountID })
	return v
}

// returned tells why the sheet of a judge is open again; nil: it was never locked, or is locked now.
func (j Judging) returned(s Sheet) *ReturnedView {
	versions := j.Versions(s.PerformanceID, s.AccountID)
	if s.State == Locked || len(versions) == 0 {
		return nil
	}
	last := versions[len(versions)-1]
	r, _ := j.Request(last.EndedBy)
	return &ReturnedView{Reason: r.Reason, By: r.AskedName, AtUs: last.EndedUs, Version: last.Number}
}

// closingView is the head judge's page; nil for the other judges.
func (j Judging) closingView(seat Seat) *ClosingView {
	if !seat.Head {
		return nil
	}
	v := &ClosingView{Gaps: j.Gaps(), Turns: []ClosingTurn{}, Exceptions: []Exception{}}
	if j.State() != PartOpen {
		v.Hash, v.Exceptions = hex.EncodeToString(j.signed(false)), j.exceptions()
	}
	if v.Gaps == nil || j.Closed() {
		v.Gaps = []Gap{}
	}
	if s, ok := j.Signature(StepCheck); ok {
		checked := s.view()
		v.Checked = &checked
	}
	rubric, scores := j.Rubric(), j.byPerformance()
	places, all := j.Places(j.Scores()), true
	entries := []int64{}
	for _, p := range j.Performances {
		score, counts := scores[p.ID]
		if !counts || p.Withdrawn && p.State == Planned {
			continue
		}
		t := ClosingTurn{PerformanceView: performanceView(p), Complete: score.Complete, Sheets: []ClosingSheet{}}
		waits := j.awaited(p)
		t.Waits = len(waits)
		t.Shown = j.headMayRead(p, seat, waits)
		for _, other := range j.Panel {
			sheet := j.Sheet(p.ID, other.AccountID)
			if sheet.State != Locked {
				continue
			}
			t.Locked++
			if !t.Shown {
				continue
			}
			_, total, _ := rubric.Total(sheet.Values(), j.Rules.Combining.Decimals)
			line := ClosingSheet{Seat: other.Number, Total: total, Paper: sheet.Paper}
			for _, w := range score.Working.Sheets {
				if w.Seat == other.Number {
					line.Dropped = w.Dropped != scoring.Kept
				}
			}
			t.Sheets = append(t.Sheets, line)
		}
		if t.Shown {
			t.Score = score.Score
		}
		all = all && t.Shown && t.Complete
		v.Turns, entries = append(v.Turns, t), append(entries, p.EntryID)
	}
	for i := range v.Turns {
		if all {
			v.Turns[i].Place, v.Turns[i].Tied = places[entries[i]].Place, places[entries[i]].Tied
		}
	}
	return v
}

// headMayRead: marks of others stay hidden until the own sheet is locked; where no own sheet is asked for, until nobody
// is waited for any more.
func (j Judging) headMayRead(p Performance, seat Seat, waits []Seat) bool {
	if j.Closed() || j.Sheet(p.ID, seat.AccountID).State == Locked {
		return true
	}
	return len(waits) == 0 && p.State == Done
}
