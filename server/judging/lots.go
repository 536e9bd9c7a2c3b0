package judging

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/judging/judgingdb"
)

// How a running order was drawn.
const (
	DrawnBySoftware = "software"
	DrawnInRoom     = "room"
)

// Lot is an entry's place in a draw, and who drew it in the room.
type Lot struct {
	EntryID int64  `json:"entry_id"`
	Number  int    `json:"number"`
	Drawer  string `json:"drawer"`
}

// OrderDraw is how a running order came about. Lots stand in the order that was drawn.
type OrderDraw struct {
	ID        int64
	RoundID   int64 // of the part that it was drawn for
	Method    string
	Seed      string
	At        *time.Time
	Place     string
	Chair     string
	Secretary string
	Witnesses string
	Lots      []Lot
}

// RoomDraw are lots drawn from envelopes in the room, as they are typed in: the first one performs first.
type RoomDraw struct {
	Lots      []RoomLot  `json:"lots" minItems:"1" maxItems:"500" doc:"In the order of the numbers drawn: the first one performs first"`
	At        *time.Time `json:"at,omitempty" doc:"When the lots were drawn; absent: now"`
	Place     string     `json:"place,omitempty" maxLength:"200"`
	Chair     string     `json:"chair,omitempty" maxLength:"120" doc:"Who led the draw"`
	Secretary string     `json:"secretary,omitempty" maxLength:"120" doc:"Who wrote it down"`
	Witnesses string     `json:"witnesses,omitempty" maxLength:"500"`
	Reason    string     `json:"reason,omitempty" maxLength:"500" doc:"Why lots are drawn again; the first draw needs none"`
}

// RoomLot is one line of such a draw.
type RoomLot struct {
	EntryID int64  `json:"entry_id" minimum:"1"`
	Drawer  string `json:"drawer,omitempty" maxLength:"120" doc:"Who drew for the entry"`
}

// CheckLine is a line of the check of a software's draw: whoever computes the SHA-256 of "seed:number" and sorts gets the
// same order.
type CheckLine struct {
	Number int    `json:"number"`
	Hash   string `json:"hash"`
}

// Check are the lines by which a software's draw can be checked, in the order that they give.
func (d OrderDraw) Check() []CheckLine {
	if d.Method != DrawnBySoftware {
		return nil
	}
	lines := make([]CheckLine, 0, len(d.Lots))
	for _, l := range d.Lots {
		sum := sha256.Sum256([]byte(d.Seed + ":" + strconv.Itoa(l.Number)))
		lines = append(lines, CheckLine{Number: l.Number, Hash: hex.EncodeToString(sum[:])})
	}
	return lines
}

// SetLots puts the entries into the order of lots drawn in the room, and keeps who drew what, when, where and before whom.
func (s *Service) SetLots(ctx context.Context, contestID, roundID int64, d RoomDraw) error {
	d.Place, d.Chair, d.Secretary, d.Witnesses = tidy(d.Place), tidy(d.Chair), tidy(d.Secretary), tidy(d.Witnesses)
	if d.At == nil {
		now := time.UnixMicro(s.nowUs())
		d.At = &now
	}
	f := errOrder
	for _, x := range []struct {
		path, text string
		most       int
	}{{"place", d.Place, 200}, {"chair", d.Chair, 120}, {"secretary", d.Secretary, 120}, {"witnesses", d.Witnesses, 500}} {
		if !fits(x.text, 0, x.most) {
			f = f.At(x.path, "Nội dung quá dài hoặc có ký tự không hợp lệ.", "The text is too long or has invalid characters.")
		}
	}
	for i := range d.Lots {
		if d.Lots[i].Drawer = tidy(d.Lots[i].Drawer); !fits(d.Lots[i].Drawer, 0, maxName) {
			f = f.At(at("lots", i)+".drawer", "Tên người bốc thăm dài tối đa 120 ký tự.", "The name has at most 120 characters.")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		if j.Started() {
			return errOrderBegun
		}
		if err := j.mayOrder(ctx); err != nil {
			return err
		}
		numbers, err := entries(ctx, q, j.RoundID)
		if err != nil {
			return err
		}
		titles := j.titles()
		turns, lots := make([]Turn, len(d.Lots)), make([]Lot, len(d.Lots))
		for i, l := range d.Lots {
			turns[i] = Turn{EntryID: l.EntryID, Title: titles[l.EntryID]}
			lots[i] = Lot{EntryID: l.EntryID, Number: numbers[l.EntryID], Drawer: l.Drawer}
		}
		if err := checkOrder(turns, numbers); err != nil {
			return err
		}
		if err := putOrder(ctx, q, j, turns); err != nil {
			return err
		}
		return s.keepDraw(ctx, tx, q, j, OrderDraw{Method: DrawnInRoom, At: d.At, Place: d.Place, Chair: d.Chair, Secretary: d.Secretary,
			Witnesses: d.Witnesses, Lots: lots}, d.Reason)
	})
}

// keepDraw keeps a draw as the one that the order comes from. Who could draw until the order suits would need no lots: a
// draw after the first is told in the annex of the minutes, with its reason.
func (s *Service) keepDraw(ctx context.Context, tx pgx.Tx, q *judgingdb.Queries, j Judging, d OrderDraw, again string) error {
	if j.Draws > 0 {
		reason, err := Reason(again)
		if err != nil {
			return err
		}
		if err := s.noteChange(ctx, tx, q, j, Change{Kind: Redrawn, After: itoa(j.Draws + 1), Reason: reason}); err != nil {
			return err
		}
	}
	b, err := json.Marshal(d.Lots)
	if err != nil {
		return err
	}
	row := judgingdb.AddDrawParams{RoundID: j.RoundID, Method: d.Method, Seed: d.Seed, DrawnAt: d.At, Place: d.Place, Chair: d.Chair,
		Secretary: d.Secretary, Witnesses: d.Witnesses, Lots: b}
	if id := account.From(ctx).AccountID; id != 0 {
		row.RecordedBy = &id
	}
	id, err := q.AddDraw(ctx, row)
	if err != nil {
		return err
	}
	if err := q.SetDraw(ctx, judgingdb.SetDrawParams{RoundID: j.RoundID, DrawID: &id}); err != nil {
		return err
	}
	seed := &d.Seed
	if d.Method != DrawnBySoftware {
		seed = nil
	}
	if err := q.SetOrderSeed(ctx, judgingdb.SetOrderSeedParams{RoundID: j.RoundID, OrderSeed: seed}); err != nil {
		return err
	}
	ids := make([]int64, len(d.Lots))
	for i, l := range d.Lots {
		ids[i] = l.EntryID
	}
	if d.Method == DrawnInRoom {
		return record(ctx, tx, j, "lots", map[string]any{"round": j.RoundID, "draw": id, "entries": ids, "place": d.Place, "witnesses": d.Witnesses})
	}
	return record(ctx, tx, j, "draw_order", map[string]any{"round": j.RoundID, "seed": d.Seed, "entries": ids})
}

// titles are the titles of the pieces by entry.
func (j Judging) titles() map[int64]string {
	titles := map[int64]string{}
	for _, p := range j.Performances {
		titles[p.EntryID] = p.Title
	}
	return titles
}

// OrderDraw reads the draw that the order of a round comes from; false: it was set by hand.
func (s *Service) OrderDraw(ctx context.Context, contestID, roundID int64) (OrderDraw, Judging, bool, error) {
	j, err := s.Get(ctx, contestID, roundID)
	if err != nil {
		return OrderDraw{}, j, false, err
	}
	if j = j.For(account.From(ctx).AccountID); j.DrawID == 0 {
		return OrderDraw{}, j, false, nil
	}
	d, err := s.drawByID(ctx, s.q, j.DrawID)
	return d, j, err == nil, err
}

func (s *Service) drawByID(ctx context.Context, q *judgingdb.Queries, id int64) (OrderDraw, error) {
	row, err := q.DrawByID(ctx, id)
	if err != nil {
		return OrderDraw{}, err
	}
	d := OrderDraw{ID: row.ID, RoundID: row.RoundID, Method: row.Method, Seed: row.Seed, At: row.DrawnAt, Place: row.Place, Chair: row.Chair,
		Secretary: row.Secretary, Witnesses: row.Witnesses}
	return d, json.Unmarshal(row.Lots, &d.Lots)
}

// mayOrder tells whether the one who acts may set the order of a round: in a blind one whoever holds the names.
func (j Judging) mayOrder(ctx context.Context) error {
	if j.Blind && account.From(ctx).AccountID != j.BlindKeeper {
		return errNamesHeld
	}
	return nil
}

// CopyOrder puts the entries of a round into the order of another part of the same contest. Who does not enter this round
// is passed over; who has no place there comes last, by candidate number.
func (s *Service) CopyOrder(ctx context.Context, contestID, roundID, fromRound int64) error {
	from, err := s.Get(ctx, contestID, fromRound)
	if err != nil {
		return err
	}
	if !from.mayReadOrder(ctx) {
		return errNamesHeld
	}
	return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		return takeOrder(ctx, tx, q, j, from)
	})
}

// mayReadOrder tells whether the one who acts may know the order of a round by names.
func (j Judging) mayReadOrder(ctx context.Context) bool {
	return !j.Blind || j.Closed() || j.BlindKeeper == account.From(ctx).AccountID
}

func takeOrder(ctx context.Context, tx pgx.Tx, q *judgingdb.Queries, j, from Judging) error {
	if j.Started() {
		return errOrderBegun
	}
	if err := j.mayOrder(ctx); err != nil {
		return err
	}
	numbers, err := entries(ctx, q, j.RoundID)
	if err != nil {
		return err
	}
	titles := j.titles()
	var turns []Turn
	placed := map[int64]bool{}
	for _, t := range from.turns() {
		if _, enters := numbers[t.EntryID]; enters {
			turns, placed[t.EntryID] = append(turns, Turn{EntryID: t.EntryID, Title: titles[t.EntryID]}), true
		}
	}
	if len(turns) == 0 {
		return errNothingToCopy
	}
	same := len(turns) == len(from.turns())
	var rest []int64
	for id := range numbers {
		if !placed[id] {
			rest = append(rest, id)
		}
	}
	slices.SortFunc(rest, func(a, b int64) int { return numbers[a] - numbers[b] })
	for _, id := range rest {
		turns = append(turns, Turn{EntryID: id, Title: titles[id]})
	}
	if err := checkOrder(turns, numbers); err != nil {
		return err
	}
	if err := putOrder(ctx, q, j, turns); err != nil {
		return err
	}
	// The draw goes along only when this is the very order that it gave.
	var draw *int64
	var seed *string
	if same && len(rest) == 0 && from.DrawID != 0 {
		draw = &from.DrawID
		if from.OrderSeed != "" {
			seed = &from.OrderSeed
		}
	}
	if err := q.SetDraw(ctx, judgingdb.SetDrawParams{RoundID: j.RoundID, DrawID: draw}); err != nil {
		return err
	}
	if err := q.SetOrderSeed(ctx, judgingdb.SetOrderSeedParams{RoundID: j.RoundID, OrderSeed: seed}); err != nil {
		return err
	}
	return record(ctx, tx, j, "copy_order", map[string]any{"round": j.RoundID, "from": from.RoundID, "entries": entryIDs(turns)})
}
