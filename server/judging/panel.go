package judging

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/judging/judgingdb"
)

// ChangeKind is what was changed in a round after it had been set.
type ChangeKind string

const (
	Moved     ChangeKind = "move"
	PutLast   ChangeKind = "last"
	LeftOut   ChangeKind = "leave_out"
	BroughtIn ChangeKind = "bring_back"
	Added     ChangeKind = "add"
	Redrawn   ChangeKind = "redraw" // lots were drawn again before the part
	Replaced  ChangeKind = "replace"
	Joined    ChangeKind = "join"
	Headed    ChangeKind = "head"
	WentAway  ChangeKind = "absent"
	CameBack  ChangeKind = "present"
	TiesKnown ChangeKind = "ties"
	NamesHeld ChangeKind = "names"
)

// Change is one such change, for the screens and the annex of the minutes. Before and After are places in the running
// order, or names of judges.
type Change struct {
	AtUs    int64
	Kind    ChangeKind
	EntryID int64 // 0: none
	Entry   string
	Seat    int // 0: none
	Before  string
	After   string
	Reason  string
	By      string
}

// ofOrder tells whether a change is one of the running order, which judges and the hall see at once.
func (c Change) ofOrder() bool {
	switch c.Kind {
	case Moved, PutLast, LeftOut, BroughtIn, Added, Redrawn:
		return true
	case Replaced, Joined, Headed, WentAway, CameBack, TiesKnown, NamesHeld:
	}
	return false
}

// ChangeView is a change as it is shown.
type ChangeView struct {
	AtUs   int64      `json:"at_us"`
	Kind   ChangeKind `json:"kind" enum:"move,last,leave_out,bring_back,add,redraw,replace,join,head,absent,present,ties,names"`
	Entry  string     `json:"entry" doc:"Name or blind code; empty: not about an entry"`
	Seat   int        `json:"seat" doc:"0: not about a judge"`
	Before string     `json:"before" doc:"Place in the running order, or the judge's name; may be empty"`
	After  string     `json:"after"`
	Reason string     `json:"reason"`
	By     string     `json:"by" doc:"Who did it"`
}

// changeViews are all changes, for the office.
func (j Judging) changeViews() []ChangeView {
	views := []ChangeView{}
	for _, c := range j.Changes {
		views = append(views, ChangeView{AtUs: c.AtUs, Kind: c.Kind, Entry: c.Entry, Seat: c.Seat, Before: c.Before, After: c.After,
			Reason: c.Reason, By: c.By})
	}
	return views
}

// changesForJudges are those of the running order and of the seats. Why a colleague is away is that colleague's matter, and
// what ties a judge to an entry or who holds the names is the office's.
func (j Judging) changesForJudges() []ChangeView {
	views := []ChangeView{}
	for _, v := range j.changeViews() {
		switch v.Kind {
		case TiesKnown, NamesHeld:
			continue
		case Replaced, Joined, Headed, WentAway, CameBack:
			v.Reason = ""
		case Moved, PutLast, LeftOut, BroughtIn, Added, Redrawn:
		}
		views = append(views, v)
	}
	return views
}

// noteChange keeps a change with its reason, and records it.
func (s *Service) noteChange(ctx context.Context, tx pgx.Tx, q *judgingdb.Queries, j Judging, c Change) error {
	p := account.From(ctx)
	row := judgingdb.AddChangeParams{RoundID: j.RoundID, AtUs: s.nowUs(), Kind: string(c.Kind), Seat: int32(c.Seat), Before: c.Before, After: c.After,
		Reason: c.Reason, AccountName: p.Name}
	if c.EntryID > 0 {
		row.EntryID = &c.EntryID
	}
	if p.AccountID != 0 {
		row.AccountID = &p.AccountID
	}
	if err := q.AddChange(ctx, row); err != nil {
		return err
	}
	payload := map[string]any{"round": j.RoundID, "kind": string(c.Kind), "reason": c.Reason, "before": c.Before, "after": c.After}
	if c.Seat != 0 {
		payload["seat"] = c.Seat
	}
	if c.EntryID > 0 && !j.Blind {
		payload["entry"], payload["name"] = c.EntryID, c.Entry
	}
	return record(ctx, tx, j, "change", payload)
}

// loadPanel reads what this file and its neighbours keep of a round.
func (j *Judging) loadPanel(ctx context.Context, q *judgingdb.Queries) error {
	row, err := q.PanelOf(ctx, judgingdb.PanelOfParams{RoundID: j.RoundID, ContestID: j.ContestID})
	if err != nil {
		return err
	}
	j.Conflict, j.Blind, j.blindSeed = ConflictRule(row.ConflictRule), row.BlindSeed != nil, value(row.BlindSeed)
	j.BlindKeeper, j.KeeperName, j.DrawID = value(row.BlindKeeper), row.KeeperName, value(row.DrawID)
	left, err := q.LeftOut(ctx, j.RoundID)
	if err != nil {
		return err
	}
	for i := range j.Performances {
		if slices.Contains(left, j.Performances[i].ID) {
			j.Performances[i].LeftOut, j.Performances[i].Withdrawn = true, true
		}
	}
	changes, err := q.Changes(ctx, j.RoundID)
	if err != nil {
		return err
	}
	for _, c := range changes {
		j.Changes = append(j.Changes, Change{AtUs: c.AtUs, Kind: ChangeKind(c.Kind), EntryID: value(c.EntryID), Entry: c.EntryName, Seat: int(c.Seat),
			Before: c.Before, After: c.After, Reason: c.Reason, By: c.AccountName})
	}
	if err := j.loadConflicts(ctx, q, row.Ties); err != nil {
		return err
	}
	return j.loadCodes(ctx, q)
}

// sitsOut tells whether nobody waits for a turn: the entry has withdrawn or was left out before it began.
func (p Performance) sitsOut() bool { return p.Withdrawn && p.State == Planned }

// performing counts the turns that are or were waited for; one for practice is none.
func (j Judging) performing() int {
	n := 0
	for _, p := range j.counting() {
		if !p.sitsOut() {
			n++
		}
	}
	return n
}

// drawn says how the running order came about.
func (j Judging) drawn() string {
	switch {
	case j.OrderSeed != "":
		return DrawnBySoftware
	case j.DrawID != 0:
		return DrawnInRoom
	}
	return "hand"
}
