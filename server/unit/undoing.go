package unit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/unit/unitdb"
)

// RestKind is something that rests on an act.
type RestKind string

const (
	RestLaterAct      RestKind = "later_act"     // a newer act stands
	RestUndone        RestKind = "undone"        // it was taken back already
	RestTree          RestKind = "tree"          // the tree would not be one: Unit says why
	RestCounts        RestKind = "counts"        // headcounts that were written since
	RestEntries       RestKind = "entries"       // of a unit it made, or that came since to one that took over others
	RestRegistrations RestKind = "registrations" // likewise
	RestInvited       RestKind = "invited"       // a contest expects a unit that it made
	RestLeaders       RestKind = "leaders"       // of a unit that it made
	RestRules         RestKind = "rules"         // a contest's rules of registration name a unit that it made
	RestTargets       RestKind = "targets"       // a target of a unit that took over others; it stays
	RestResults       RestKind = "results"       // frozen results of its units; they keep their own copy
)

// Rest is something that rests on an act. What does not block stays as it is and should be looked at.
type Rest struct {
	Kind   RestKind
	Blocks bool
	// What it is about, as far as it applies. Vi and En are set where Unit alone would not say it.
	Unit, Contest string
	Vi, En        string
	Count         int
}

// Taken asks what rests on an act that is to be taken back.
type Taken struct {
	Made   []int64 // would be no more
	Shared []int64 // took over others, or a part of them; who came since may belong to another one
	Units  []int64 // all whose past would change
	Since  time.Time
}

// Undoing is what taking back an act would do.
type Undoing struct {
	Act     Act
	Effects []Effect
	Rests   []Rest
}

// Blocked tells whether something rests on the act that would be lost or made wrong.
func (u Undoing) Blocked() bool {
	return slices.ContainsFunc(u.Rests, func(r Rest) bool { return r.Blocks })
}

var (
	noSuchAct = fault.New(fault.NotFound, "no_such_unit_act",
		"Thao tác này không có trong hệ thống. Hãy tải lại trang.", "There is no such act. Reload the page.")
	actReason = fault.New(fault.Invalid, "unit_undo_reason",
		"Hãy ghi lý do hoàn tác, từ 3 đến 500 ký tự.", "Say in 3 to 500 characters why the act is taken back.")
	unitInUse = fault.New(fault.Conflict, "unit_in_use",
		"Có đơn vị của thao tác này vừa được dùng đến. Chưa có gì thay đổi; hãy xem lại những gì dựa vào thao tác.",
		"A unit of this act has just come into use. Nothing was changed; look again at what rests on the act.")
)

// OnUndo lets other rooms say what rests on an act. Each is asked within the transaction that would take it back.
func (s *Service) OnUndo(f func(ctx context.Context, tx pgx.Tx, t Taken) ([]Rest, error)) {
	s.resting = append(s.resting, f)
}

// note remembers an act and records it.
func (s *Service) note(ctx context.Context, tx pgx.Tx, k kept, act Act, counts []Recount, payload map[string]any) error {
	b := BackFrom(k.now, k.old)
	b.Counts = counts
	touched := b.touched()
	for _, c := range counts {
		touched = append(touched, c.Is.UnitID)
	}
	slices.Sort(touched)
	touched = slices.Compact(touched)
	if act.Kind == ActImport {
		for _, id := range touched[:min(len(touched), actNames)] {
			act.Names = append(act.Names, k.now.units[id].Near(Today()).Name)
		}
		payload["units"] = len(touched)
	}
	payload["names"], payload["leads_to"] = act.Names, act.LeadsTo
	if err := audit.Append(ctx, tx, 0, "unit."+string(act.Kind), payload); err != nil || len(touched) == 0 && len(b.Links) == 0 {
		return err
	}
	back, err := audit.Canonical(b)
	if err != nil {
		return err
	}
	left, err := b.hash(k.now)
	if err != nil {
		return err
	}
	_, err = s.q.WithTx(tx).AddAct(ctx, unitdb.AddActParams{Kind: string(act.Kind), Day: string(act.Day), Ground: act.Ground,
		AccountID: account.From(ctx).AccountID, Names: notNil(act.Names), LeadsTo: notNil(act.LeadsTo), Changed: int32(len(touched)),
		Units: notNil(touched), Back: back, LeftHash: left})
	return err
}

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Acts are what was done to the tree, or to one unit of it (0: all), newest first, older than an act (0: from the newest).
// newest is the act that may be taken back next; 0: none.
func (s *Service) Acts(ctx context.Context, unitID, before int64, most int) (acts []Act, newest int64, err error) {
	rows, err := s.q.ActsOf(ctx, unitdb.ActsOfParams{UnitID: unitID, Before: before, Most: int32(most)})
	if err != nil {
		return nil, 0, postgres.Fault(err)
	}
	for _, r := range rows {
		acts = append(acts, Act{ID: r.ID, Kind: ActKind(r.Kind), Day: Day(r.Day), Ground: r.Ground, At: r.At, Names: r.Names, LeadsTo: r.LeadsTo,
			Changed: int(r.Changed), UndoneAt: r.UndoneAt, Reason: r.UndoReason})
	}
	newest, err = s.q.NewestAct(ctx)
	return acts, newest, postgres.Fault(err)
}

// ForeseeUndo tells what taking back an act would do and what rests on it, without doing it.
func (s *Service) ForeseeUndo(ctx context.Context, id int64) (Undoing, error) {
	var u Undoing
	err := postgres.InTxWith(ctx, s.db, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		tree, err := readTree(ctx, s.q.WithTx(tx))
		if err != nil {
			return err
		}
		u, _, _, err = s.undoing(ctx, tx, tree, id)
		return err
	})
	return u, postgres.Fault(err)
}

// undoing finds what taking back an act would do.
func (s *Service) undoing(ctx context.Context, tx pgx.Tx, tree Tree, id int64) (Undoing, Tree, Back, error) {
	q := s.q.WithTx(tx)
	var b Back
	row, err := q.ActByID(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return Undoing{}, tree, b, noSuchAct
	}
	if err != nil {
		return Undoing{}, tree, b, err
	}
	if err := json.Unmarshal(row.Back, &b); err != nil {
		return Undoing{}, tree, b, err
	}
	u := Undoing{Act: Act{ID: row.ID, Kind: ActKind(row.Kind), Day: Day(row.Day), Ground: row.Ground, At: row.At, Names: row.Names,
		LeadsTo: row.LeadsTo, Changed: int(row.Changed), UndoneAt: row.UndoneAt, Reason: row.UndoReason}}
	if row.UndoneAt != nil {
		u.Rests = []Rest{{Kind: RestUndone, Blocks: true}}
		return u, tree, b, nil
	}
	newest, err := q.NewestAct(ctx)
	if err != nil {
		return u, tree, b, err
	}
	left, err := b.hash(tree)
	if err != nil {
		return u, tree, b, err
	}
	if newest != id || !bytes.Equal(left, row.LeftHash) {
		u.Rests = []Rest{{Kind: RestLaterAct, Blocks: true}}
		return u, tree, b, nil
	}
	then, err := tree.Undo(b)
	u.Effects = undoEffects(tree, then, b)
	var f *fault.Fault
	if errors.As(err, &f) {
		u.Rests = append(u.Rests, Rest{Kind: RestTree, Blocks: true, Vi: f.Vi, En: f.En})
	} else if err != nil {
		return u, tree, b, err
	}
	counts, err := restingCounts(ctx, q, tree, b)
	if err != nil {
		return u, tree, b, err
	}
	u.Rests = append(u.Rests, counts...)
	for _, ask := range s.resting {
		rests, err := ask(ctx, tx, Taken{Made: notNil(b.Made), Shared: notNil(b.shared(tree)), Units: notNil(b.touched()), Since: row.At})
		if err != nil {
			return u, tree, b, err
		}
		u.Rests = append(u.Rests, rests...)
	}
	return u, then, b, nil
}

// restingCounts are headcounts that would be lost: those of units that the act made, and those that it set and somebody
// has changed since.
func restingCounts(ctx context.Context, q *unitdb.Queries, tree Tree, b Back) ([]Rest, error) {
	ids := slices.Clone(b.Made)
	for _, c := range b.Counts {
		ids = append(ids, c.Is.UnitID)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := q.HeadcountsIn(ctx, ids)
	if err != nil {
		return nil, err
	}
	set := map[Count]bool{}
	days := map[[2]string]bool{}
	for _, c := range b.Counts {
		set[c.Is] = true
		days[[2]string{fmt.Sprint(c.Is.UnitID), string(c.Is.Day)}] = true
	}
	of := map[int64]int{}
	for _, r := range rows {
		c := Count{UnitID: r.UnitID, Day: Day(r.OnDay), Members: int(r.Members), Staff: int(r.Staff)}
		ours := days[[2]string{fmt.Sprint(c.UnitID), string(c.Day)}]
		if !set[c] && (ours || slices.Contains(b.Made, c.UnitID)) {
			of[c.UnitID]++
		}
	}
	var rests []Rest
	for _, id := range tree.IDs() {
		if of[id] > 0 {
			rests = append(rests, Rest{Kind: RestCounts, Blocks: true, Unit: tree.units[id].Near(Today()).Name, Count: of[id]})
		}
	}
	return rests, nil
}

// UndoAct takes back the newest act, for a reason, when nothing rests on it that would be lost or made wrong. The act and
// its undo stay on record.
func (s *Service) UndoAct(ctx context.Context, id int64, reason string) (Undoing, error) {
	reason = CleanName(reason)
	if n := len([]rune(reason)); n < 3 || n > 500 {
		return Undoing{}, actReason.At("reason", actReason.Vi, actReason.En)
	}
	var u Undoing
	err := postgres.InTxRetry(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		if err := q.LockTree(ctx, lockClass); err != nil {
			return err
		}
		tree, err := readTree(ctx, q)
		if err != nil {
			return err
		}
		var then Tree
		var b Back
		if u, then, b, err = s.undoing(ctx, tx, tree, id); err != nil {
			return err
		}
		if u.Blocked() {
			return refusedUndo(u.Rests)
		}
		if err := unwrite(ctx, q, then, b); err != nil {
			return err
		}
		if _, err := q.UndoAct(ctx, unitdb.UndoActParams{ID: id, AccountID: account.From(ctx).AccountID, Reason: reason}); err != nil {
			return err
		}
		return audit.Append(ctx, tx, 0, "unit.undo", map[string]any{"act": id, "kind": string(u.Act.Kind), "day": string(u.Act.Day), "reason": reason,
			"names": u.Act.Names, "leads_to": u.Act.LeadsTo, "changed": len(u.Effects), "removed": b.Made})
	})
	switch {
	case postgres.IsForeignKeyViolation(err):
		return u, unitInUse
	case postgres.IsUniqueViolation(err):
		return u, codeTaken
	}
	return u, postgres.Fault(err)
}

// unwrite brings the stored tree back to what it was.
func unwrite(ctx context.Context, q *unitdb.Queries, then Tree, b Back) error {
	today := Today()
	var rows unitdb.AddPeriodsParams
	for _, h := range b.Units {
		u := h.unit(today)
		err := q.SetPresent(ctx, unitdb.SetPresentParams{ID: h.ID, Code: h.Code, Name: u.Name, ShortName: u.ShortName, Kind: string(u.Kind),
			ParentID: u.ParentID, EndedOn: string(u.EndedOn), SearchKey: SearchKey(u.Name), SameKey: SameKey(u.Name)})
		if err != nil {
			return err
		}
		for _, p := range then.units[h.ID].Periods {
			addPeriod(&rows, h.ID, p, p.ParentID)
		}
	}
	if err := q.ClearPeriods(ctx, notNil(b.touched())); err != nil {
		return err
	}
	if err := q.AddPeriods(ctx, rows); err != nil {
		return err
	}
	var links unitdb.DropSuccessorsParams
	for _, l := range b.Links {
		links.UnitIds = append(links.UnitIds, l.UnitID)
		links.SuccessorIds = append(links.SuccessorIds, l.SuccessorID)
		links.Sinces = append(links.Sinces, string(l.Since))
	}
	if err := q.DropSuccessors(ctx, links); err != nil {
		return err
	}
	var back []Count
	var gone unitdb.DropHeadcountsParams
	for _, c := range b.Counts {
		if c.Was.Members < 0 && c.Was.Staff < 0 {
			gone.UnitIds, gone.Days = append(gone.UnitIds, c.Was.UnitID), append(gone.Days, string(c.Was.Day))
		} else {
			back = append(back, c.Was)
		}
	}
	if err := q.DropHeadcounts(ctx, gone); err != nil {
		return err
	}
	if err := setCounts(ctx, q, back); err != nil {
		return err
	}
	if err := q.DropUnits(ctx, notNil(b.Made)); err != nil {
		return err
	}
	return q.RaiseTree(ctx)
}

// refusedUndo says what rests on an act.
func refusedUndo(rests []Rest) error {
	var vi, en []string
	for _, r := range rests {
		if r.Blocks && len(vi) < 3 {
			v, e := r.words()
			vi, en = append(vi, v), append(en, e)
		}
	}
	return fault.New(fault.Conflict, "unit_act_rests",
		"Chưa thể hoàn tác thao tác này. "+strings.Join(vi, " ")+" Chưa có gì thay đổi.",
		"This act can't be taken back. "+strings.Join(en, " ")+" Nothing was changed.")
}

func (r Rest) words() (vi, en string) {
	where, at := "", ""
	if r.Contest != "" {
		where, at = " trong hội thi “"+r.Contest+"”", " in the contest “"+r.Contest+"”"
	}
	switch r.Kind {
	case RestLaterAct:
		return "Sau thao tác này cây đơn vị đã có thay đổi khác: hãy hoàn tác thay đổi mới nhất trước.",
			"The tree has changed since: take back the newest change first."
	case RestUndone:
		return "Thao tác này đã được hoàn tác rồi.", "It was taken back already."
	case RestTree:
		return r.Vi, r.En
	case RestCounts:
		return fmt.Sprintf("“%s” có %d số liệu quân số ghi sau đó.", r.Unit, r.Count), fmt.Sprintf("“%s” has %d headcounts written since.", r.Unit, r.Count)
	case RestEntries:
		return fmt.Sprintf("“%s” có %d thí sinh hoặc đội%s.", r.Unit, r.Count, where), fmt.Sprintf("“%s” has %d entries%s.", r.Unit, r.Count, at)
	case RestRegistrations:
		return fmt.Sprintf("“%s” có %d đăng ký%s.", r.Unit, r.Count, where), fmt.Sprintf("“%s” has %d registrations%s.", r.Unit, r.Count, at)
	case RestInvited:
		return fmt.Sprintf("“%s” đang có trong danh sách đơn vị%s.", r.Unit, where), fmt.Sprintf("“%s” is on the list of units%s.", r.Unit, at)
	case RestLeaders:
		return fmt.Sprintf("“%s” có %d người phụ trách%s.", r.Unit, r.Count, where), fmt.Sprintf("“%s” has %d leaders%s.", r.Unit, r.Count, at)
	case RestRules:
		return fmt.Sprintf("Điều kiện đăng ký nhắc tới “%s”%s.", r.Unit, where), fmt.Sprintf("The rules of registration name “%s”%s.", r.Unit, at)
	case RestTargets:
		return fmt.Sprintf("“%s” giữ chỉ tiêu đang có%s.", r.Unit, where), fmt.Sprintf("“%s” keeps its target%s.", r.Unit, at)
	case RestResults:
		return fmt.Sprintf("Kết quả đã chốt%s giữ tên đơn vị như khi chốt.", where), fmt.Sprintf("The final results%s keep the names they were frozen with.", at)
	}
	return "", ""
}
