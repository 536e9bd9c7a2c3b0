package paper

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/paper/paperdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// Paper is a drawn Document with what is known about it.
type Paper struct {
	ID         int64
	Number     int
	Document   Document
	Hash       []byte
	Replaces   int64
	Reason     string
	ReplacedBy int64
	At         time.Time
	Author     string
}

var (
	errNoVariant = fault.New(fault.NotFound, "variant_missing", "Đề này không có mã đề đó.", "This paper has no such variant.")
	errReplaced  = fault.New(fault.Conflict, "paper_replaced",
		"Đề này đã được thay bằng một bản mới hơn. Hãy mở bản mới nhất.", "This paper was replaced by a newer one. Open the newest.")
	errNoOther = fault.New(fault.Conflict, "no_other_item",
		"Ngân hàng không còn câu nào khác hợp với ô này của ma trận.", "The bank has no other question that fits this cell.")
	errPinnedItem = fault.New(fault.Conflict, "pinned_item",
		"Đây là câu cố định của ma trận. Muốn đổi, hãy sửa ma trận rồi bốc đề mới.",
		"This question is pinned in the blueprint. To change it, change the blueprint and draw anew.")
	errReason = fault.New(fault.Invalid, "replace_reason", "Hãy ghi lý do thay câu (3 đến 500 ký tự).", "Say why the question is replaced (3 to 500 characters).")
)

// Draw draws a paper from a blueprint and keeps it for good. An empty seed is chosen by the program.
func (s *Service) Draw(ctx context.Context, contestID, blueprintID int64, ask Ask) (int64, error) {
	b, err := s.Blueprint(ctx, contestID, blueprintID)
	if err != nil {
		return 0, err
	}
	if ask.Codes, err = Codes(ask.Codes); err != nil {
		return 0, err
	}
	if ask.Seed = strings.ToLower(strings.TrimSpace(ask.Seed)); ask.Seed == "" {
		ask.Seed = s.seed()
	}
	if ask.Mode != OtherItems {
		ask.Mode = SameItems
	}
	p, err := s.pool(ctx, contestID, blueprintID, b.Spec)
	if err != nil {
		return 0, err
	}
	variants, err := b.Spec.Make(p, ask, s.contents(ctx, contestID))
	if err != nil {
		return 0, err
	}
	doc := Document{Schema: documentSchema, Contest: contestID, Blueprint: b.ID, Name: b.Name, Version: b.Version, Spec: b.Spec,
		Bank: hex.EncodeToString(p.Hash()), Seed: ask.Seed, Mode: ask.Mode, Variants: variants}
	return s.keep(ctx, doc, "paper.draw")
}

func (s *Service) contents(ctx context.Context, contestID int64) Contents {
	return func(ids []int64) (map[int64]bank.Content, error) {
		c, err := s.contests.Get(ctx, contestID)
		if err != nil {
			return nil, err
		}
		versions, err := s.bank.Versions(ctx, c.BankID, ids)
		if err != nil {
			return nil, err
		}
		texts := make(map[int64]bank.Content, len(versions))
		for _, v := range versions {
			texts[v.ID] = v.Content
		}
		return texts, nil
	}
}

// keep writes a paper down with its record.
func (s *Service) keep(ctx context.Context, doc Document, action string) (id int64, err error) {
	content := encode(doc)
	codes, items := []string{}, map[int64]bool{}
	var list []int64
	for _, v := range doc.Variants {
		codes = append(codes, v.Code)
		for _, e := range v.entries() {
			if !items[e.Item] {
				items[e.Item] = true
				list = append(list, e.Item)
			}
		}
	}
	t := doc.Spec.Totals()
	who := account.From(ctx)
	params := paperdb.KeepPaperParams{ContestID: doc.Contest, BlueprintID: doc.Blueprint, Content: content, ContentHash: hash(content),
		Codes: codes, Items: int32(t.Items), Points: t.Points, CreatedAt: s.now(), Author: who.Name}
	if who.AccountID != 0 {
		params.CreatedBy = &who.AccountID
	}
	record := map[string]any{"blueprint": doc.Blueprint, "name": doc.Name, "codes": codes, "hash": hex.EncodeToString(params.ContentHash)}
	if r := doc.Replaced; r != nil {
		params.Replaces, params.Reason = &r.Paper, r.Reason
		record["replaces"], record["old"], record["new"], record["reason"] = r.Paper, r.Old, r.New, r.Reason
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		if _, err := q.LockBlueprint(ctx, paperdb.LockBlueprintParams{ID: doc.Blueprint, ContestID: doc.Contest}); err != nil {
			return err
		}
		if r := doc.Replaced; r != nil {
			old, err := q.PaperByID(ctx, paperdb.PaperByIDParams{ID: r.Paper, ContestID: doc.Contest})
			if err != nil {
				return err
			}
			if old.ReplacedBy != 0 {
				return errReplaced
			}
		}
		if params.Number, err = q.NextNumber(ctx, doc.Blueprint); err != nil {
			return err
		}
		if id, err = q.KeepPaper(ctx, params); err != nil {
			return err
		}
		if err := q.KeepItems(ctx, paperdb.KeepItemsParams{PaperID: id, Items: list}); err != nil {
			return err
		}
		record["paper"], record["number"] = id, params.Number
		return audit.Append(ctx, tx, doc.Contest, action, record)
	})
	return id, postgres.Fault(err)
}

func (v Variant) entries() []Entry {
	var list []Entry
	for _, p := range v.Parts {
		list = append(list, p.Entries...)
	}
	return list
}

// Paper finds a drawn paper.
func (s *Service) Paper(ctx context.Context, contestID, id int64) (Paper, error) {
	r, err := s.q.PaperByID(ctx, paperdb.PaperByIDParams{ID: id, ContestID: contestID})
	if errors.Is(err, pgx.ErrNoRows) {
		return Paper{}, fault.NothingHere
	}
	if err != nil {
		return Paper{}, postgres.Fault(err)
	}
	p := Paper{ID: r.ID, Number: int(r.Number), Hash: r.ContentHash, Reason: r.Reason, ReplacedBy: r.ReplacedBy, At: r.CreatedAt, Author: r.Author}
	if r.Replaces != nil {
		p.Replaces = *r.Replaces
	}
	if !slices.Equal(hash(r.Content), r.ContentHash) {
		return p, fmt.Errorf("paper %d does not have the hash it was kept with", id)
	}
	return p, decode(r.Content, &p.Document)
}

// Variant finds a variant by its code; the empty code is the first.
func (p Paper) Variant(code string) (Variant, error) {
	for _, v := range p.Document.Variants {
		if code == "" || v.Code == code {
			return v, nil
		}
	}
	return Variant{}, errNoVariant
}

// texts are the contents of all entries, by version.
func (s *Service) texts(ctx context.Context, contestID int64, variants ...Variant) (map[int64]bank.Content, error) {
	var ids []int64
	for _, v := range variants {
		for _, e := range v.entries() {
			ids = append(ids, e.Version)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	texts, err := s.contents(ctx, contestID)(ids)
	if err == nil && len(texts) != len(ids) {
		return nil, fmt.Errorf("%d of %d drawn versions are not in the bank", len(ids)-len(texts), len(ids))
	}
	return texts, err
}

// Replace takes an item out of a paper and puts in another that fits its cell, drawn by the paper's seed. What comes of
// it is a new paper.
func (s *Service) Replace(ctx context.Context, contestID, paperID, item int64, reason string) (int64, error) {
	reason = tidy(reason)
	if n := len([]rune(reason)); n < 3 || n > 500 {
		return 0, errReason
	}
	p, err := s.Paper(ctx, contestID, paperID)
	if err != nil {
		return 0, err
	}
	if p.ReplacedBy != 0 {
		return 0, errReplaced
	}
	doc := p.Document
	there := map[int64]bool{}
	var old *Entry
	section := 0
	for _, v := range doc.Variants {
		for i, part := range v.Parts {
			for j, e := range part.Entries {
				there[e.Item] = true
				if e.Item == item && old == nil {
					old, section = &part.Entries[j], i
				}
			}
		}
	}
	if old == nil {
		return 0, fault.NothingHere
	}
	if old.Row < 0 {
		return 0, errPinnedItem
	}
	pool, err := s.pool(ctx, contestID, doc.Blueprint, doc.Spec)
	if err != nil {
		return 0, err
	}
	row := doc.Spec.Sections[section].Rows[old.Row]
	var fitting []Offer
	for _, o := range pool.without(there).offers {
		if pool.fits(Cell{Level: old.Level, topic: row.Topic, kind: row.Type}, o) {
			fitting = append(fitting, o)
		}
	}
	if len(fitting) == 0 {
		return 0, errNoOther
	}
	seed, err := seedBytes(doc.Seed)
	if err != nil {
		return 0, err
	}
	purpose := fmt.Sprintf("replace %d in %d", item, p.Number)
	chosen := fitting[newDice(seed, purpose).below(len(fitting))]
	texts, err := s.contents(ctx, contestID)([]int64{chosen.Version})
	if err != nil {
		return 0, err
	}
	content, ok := texts[chosen.Version]
	if !ok {
		return 0, errNoOther
	}
	for i, v := range doc.Variants {
		d := newDice(seed, purpose+" order "+v.Code)
		for j, part := range v.Parts {
			for k, e := range part.Entries {
				if e.Item != item {
					continue
				}
				fresh := Entry{Item: chosen.Item, Version: chosen.Version, Hash: content.HashText(), Row: e.Row, Level: e.Level, Points: e.Points}
				fresh.arrange(d, content, doc.Spec.Sections[j].Mix.options(), last(doc.Variants[:i], chosen.Item), map[string]int{})
				doc.Variants[i].Parts[j].Entries[k] = fresh
			}
		}
	}
	doc.Bank = hex.EncodeToString(pool.Hash())
	doc.Replaced = &Replaced{Paper: paperID, Old: item, New: chosen.Item, Reason: reason}
	return s.keep(ctx, doc, "paper.replace_item")
}

// Summary is a paper in a list.
type Summary struct {
	ID         int64     `json:"id"`
	Blueprint  int64     `json:"blueprint"`
	Name       string    `json:"name"`
	Number     int       `json:"number" doc:"1, 2, ... within the blueprint"`
	Codes      []string  `json:"codes"`
	Items      int       `json:"items"`
	Points     int64     `json:"points" doc:"Hundredths"`
	Hash       string    `json:"hash" doc:"SHA-256 of the kept paper, hexadecimal"`
	Replaces   int64     `json:"replaces" doc:"0: none"`
	Reason     string    `json:"reason"`
	ReplacedBy int64     `json:"replaced_by" doc:"0: this one stands"`
	At         time.Time `json:"at"`
	Author     string    `json:"author"`
}

// Papers gives the papers of a contest, newest first; blueprint 0: of all blueprints.
func (s *Service) Papers(ctx context.Context, contestID, blueprint int64) ([]Summary, error) {
	rows, err := s.q.Papers(ctx, paperdb.PapersParams{ContestID: contestID, BlueprintID: blueprint})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	list := make([]Summary, 0, len(rows))
	for _, r := range rows {
		x := Summary{ID: r.ID, Blueprint: r.BlueprintID, Name: r.Name, Number: int(r.Number), Codes: r.Codes, Items: int(r.Items),
			Points: r.Points, Hash: hex.EncodeToString(r.ContentHash), Reason: r.Reason, ReplacedBy: r.ReplacedBy, At: r.CreatedAt, Author: r.Author}
		if r.Replaces != nil {
			x.Replaces = *r.Replaces
		}
		list = append(list, x)
	}
	return list, nil
}

// Keys are the right answers of all variants of a paper.
type Keys struct {
	Codes []string `json:"codes"`
	Rows  []KeyRow `json:"rows"`
}

// KeyRow is a question by its number on the paper.
type KeyRow struct {
	Number int      `json:"number"`
	Right  []string `json:"right" doc:"In the order of the codes"`
}

// Keys gives the key, and records who has read it.
func (s *Service) Keys(ctx context.Context, contestID, paperID int64, locale string) (Keys, error) {
	p, err := s.Paper(ctx, contestID, paperID)
	if err != nil {
		return Keys{}, err
	}
	texts, err := s.texts(ctx, contestID, p.Document.Variants...)
	if err != nil {
		return Keys{}, err
	}
	if err := s.seen(ctx, contestID, p, p.Document.Variants, "paper.see_key"); err != nil {
		return Keys{}, err
	}
	return keysOf(p.Document.Variants, texts, locale), nil
}

func keysOf(variants []Variant, texts map[int64]bank.Content, locale string) Keys {
	k := Keys{Codes: []string{}, Rows: []KeyRow{}}
	for i, v := range variants {
		k.Codes = append(k.Codes, v.Code)
		for n, e := range v.entries() {
			if n == len(k.Rows) {
				k.Rows = append(k.Rows, KeyRow{Number: n + 1, Right: make([]string, len(variants))})
			}
			k.Rows[n].Right[i] = Right(e.Arranged(texts[e.Version]), locale)
		}
	}
	return k
}

// seen records that somebody has been given the keys of these variants of a paper.
func (s *Service) seen(ctx context.Context, contestID int64, p Paper, variants []Variant, action string) error {
	var versions []int64
	for _, v := range variants {
		for _, e := range v.entries() {
			versions = append(versions, e.Version)
		}
	}
	slices.Sort(versions)
	if err := s.bank.Seen(ctx, contestID, bank.SeenPrint, slices.Compact(versions)); err != nil {
		return err
	}
	return postgres.Fault(postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		return audit.Append(ctx, tx, contestID, action, map[string]any{"paper": p.ID, "number": p.Number, "name": p.Document.Name})
	}))
}
