package bank

import (
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
	"github.com/hoithi/hoithi/server/bank/bankdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/files"
	"github.com/hoithi/hoithi/server/postgres"
)

const (
	importLife = 24 * time.Hour
	// maxWaiting bounds the previews of one bank that wait to be confirmed.
	maxWaiting = 20
)

var (
	errNoImport = fault.New(fault.NotFound, "import_gone",
		"Bản xem trước này không còn: đã được nhập, đã hủy hoặc quá 24 giờ. Hãy tải tệp lên lại.",
		"This preview is gone: it was imported, discarded or is older than 24 hours. Upload the file again.")
	errTooManyImports = fault.New(fault.TooMany, "imports_waiting",
		"Có quá nhiều tệp đang chờ xác nhận. Hãy xác nhận hoặc hủy bớt rồi tải lên lại.",
		"Too many files wait to be confirmed. Confirm or discard some, then upload again.")
	errRows = fault.New(fault.Invalid, "import_rows",
		"Danh sách câu được chọn chưa hợp lệ nên chưa có gì được nhập.",
		"The chosen questions are not valid, so nothing was imported.")
	errNoRows = fault.New(fault.Invalid, "import_nothing_chosen",
		"Chưa chọn câu nào nên chưa có gì được nhập.",
		"No question was chosen, so nothing was imported.")
)

// Standing tells how a read item relates to what the bank has.
type Standing string

// The standings of a read item.
const (
	StandingNew      Standing = "new"
	StandingNear     Standing = "near"     // nearly the same as others
	StandingExists   Standing = "exists"   // the bank has it
	StandingEdited   Standing = "edited"   // the bank has it, changed since
	StandingRetired  Standing = "retired"  // the bank has it, retired
	StandingRepeated Standing = "repeated" // it stands in this file twice
)

// PreviewItem is a read item with its standing.
type PreviewItem struct {
	ReadItem
	Standing Standing   `json:"standing" enum:"new,near,exists,edited,retired,repeated"`
	Of       *Likeness  `json:"of,omitempty" doc:"The question it repeats"`
	Differs  bool       `json:"differs" doc:"The bank has the question and its answer, but the file says something else beside them (explanation, topic, picture...)"`
	Near     []Likeness `json:"near" doc:"Questions that read nearly the same"`
	// Chosen is what is proposed: new, without an error, and not against what the bank says.
	Chosen bool `json:"chosen"`
}

// Preview is a read file that waits to be confirmed.
type Preview struct {
	ID        string        `json:"id"`
	FileName  string        `json:"file_name"`
	Format    Format        `json:"format" enum:"xlsx,docx,text,gift,aiken,moodle,qti"`
	Items     []PreviewItem `json:"items"`
	Problems  []Problem     `json:"problems"`
	ExpiresAt time.Time     `json:"expires_at"`
}

// ChosenRow is an item of a preview that is to be imported, as it was read or mended: as a new question, or as a new
// version of one that the bank has.
type ChosenRow struct {
	Row     int      `json:"row" minimum:"1"`
	Content *Content `json:"content,omitempty" doc:"The mended content; absent: as it was read"`
	ItemID  int64    `json:"item_id,omitempty" minimum:"0" doc:"The question that gets a new version; 0: a new question"`
	Version int      `json:"version,omitempty" minimum:"0" doc:"The version of that question that was compared"`
}

// Imported tells what confirming did.
type Imported struct {
	Added   int   `json:"added"`
	Updated int   `json:"updated" doc:"Questions that got a new version"`
	Skipped []int `json:"skipped" doc:"Rows that the bank had already"`
}

func importOwner(id string) string { return "import:" + id }

// ReadFile reads a file and keeps what it says as a preview. Nothing of it enters the bank.
func (s *Service) ReadFile(ctx context.Context, contestID int64, name string, data []byte) (Preview, error) {
	reading, err := s.formats.Read(data)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{ID: files.NewID(), FileName: fileName(name), Format: reading.Format, Problems: reading.Problems,
		ExpiresAt: s.now().Add(importLife).Truncate(time.Second)}
	_, err = s.inBank(ctx, contestID, func(tx pgx.Tx, bankID int64) error {
		q := s.q.WithTx(tx)
		if err := q.DropExpiredImports(ctx, s.now()); err != nil {
			return postgres.Fault(err)
		}
		if err := s.files.DropOld(ctx, tx, importOwner(""), s.now().Add(-importLife)); err != nil {
			return err
		}
		waiting, err := q.CountImports(ctx, bankID)
		if err != nil {
			return postgres.Fault(err)
		}
		if waiting >= maxWaiting {
			return errTooManyImports
		}
		for i := range reading.Items {
			if err := s.keepFiles(ctx, tx, importOwner(p.ID), &reading.Items[i]); err != nil {
				return err
			}
		}
		if p.Items, err = s.stand(ctx, q, bankID, reading.Items); err != nil {
			return err
		}
		result, err := json.Marshal(p)
		if err != nil {
			return err
		}
		return postgres.Fault(q.SaveImport(ctx, bankdb.SaveImportParams{ID: p.ID, BankID: bankID, AccountID: account.From(ctx).AccountID,
			FileName: p.FileName, Result: result, ExpiresAt: p.ExpiresAt}))
	})
	return p, err
}

// stand compares the read items with the bank and with each other.
func (s *Service) stand(ctx context.Context, q *bankdb.Queries, bankID int64, items []ReadItem) ([]PreviewItem, error) {
	rows, err := q.EveryItem(ctx, bankID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	there, err := knownOfBank(rows)
	if err != nil {
		return nil, err
	}
	others := newAlike()
	for _, k := range there {
		others.add(k)
	}
	hashes := make([][]byte, 0, len(items))
	for _, i := range items {
		h := i.Content.Hash()
		hashes = append(hashes, h[:])
	}
	once, err := q.KnownHashes(ctx, bankdb.KnownHashesParams{BankID: bankID, Hashes: hashes})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	before := map[string]bankdb.KnownHashesRow{}
	for _, r := range once {
		before[string(r.ContentHash)] = r
	}
	out := make([]PreviewItem, 0, len(items))
	for i, item := range items {
		k := knownOf(item.Content)
		k.row = item.Row
		p := PreviewItem{ReadItem: item, Standing: StandingNew, Near: []Likeness{}}
		if same, ok := others.same(k); ok {
			p.Of = &Likeness{ItemID: same.itemID, Version: same.version, Row: same.row, Stem: same.stem, Percent: 100}
			if same.itemID > 0 {
				c, err := same.whole()
				if err != nil {
					return nil, err
				}
				p.Differs = c.asFile() != item.Content.asFile()
			}
			switch {
			case same.itemID == 0:
				p.Standing = StandingRepeated
			case same.retired:
				p.Standing = StandingRetired
			default:
				p.Standing = StandingExists
			}
		} else if r, ok := before[string(hashes[i])]; ok {
			p.Of = &Likeness{ItemID: r.ItemID, Stem: item.Content.Stem, Percent: 100}
			p.Standing = StandingEdited
			if r.Retired {
				p.Standing = StandingRetired
			}
		} else if near := others.near(k); len(near) > 0 {
			p.Standing, p.Near = StandingNear, near
		}
		contradicts := slices.ContainsFunc(p.Near, func(n Likeness) bool { return n.OtherKey })
		p.Chosen = (p.Standing == StandingNew || p.Standing == StandingNear) && !contradicts && !HasError(p.Problems)
		others.add(k)
		out = append(out, p)
	}
	return out, nil
}

// Preview finds a preview again, with the standings as they are now.
func (s *Service) Preview(ctx context.Context, contestID int64, id string) (Preview, error) {
	bankID, err := s.contests.BankOf(ctx, contestID)
	if err != nil {
		return Preview{}, err
	}
	row, err := s.q.ImportByID(ctx, bankdb.ImportByIDParams{ID: id, BankID: bankID, Now: s.now()})
	if errors.Is(err, pgx.ErrNoRows) {
		return Preview{}, errNoImport
	}
	if err != nil {
		return Preview{}, postgres.Fault(err)
	}
	p, err := previewOf(row)
	if err != nil {
		return Preview{}, err
	}
	items := make([]ReadItem, 0, len(p.Items))
	for _, i := range p.Items {
		items = append(items, i.ReadItem)
	}
	p.Items, err = s.stand(ctx, s.q, bankID, items)
	return p, err
}

func previewOf(row bankdb.BankImport) (Preview, error) {
	var p Preview
	if err := json.Unmarshal(row.Result, &p); err != nil {
		return Preview{}, fmt.Errorf("bank: stored preview: %w", err)
	}
	return p, nil
}

// Confirm imports the chosen rows of a preview, all or none. What the bank has already is skipped.
func (s *Service) Confirm(ctx context.Context, contestID int64, id string, rows []ChosenRow) (Imported, error) {
	if len(rows) == 0 {
		return Imported{}, errNoRows
	}
	done := Imported{Skipped: []int{}}
	_, err := s.inBank(ctx, contestID, func(tx pgx.Tx, bankID int64) error {
		if err := s.room(ctx, tx, bankID, len(rows)); err != nil {
			return err
		}
		stored, err := s.q.WithTx(tx).TakeImport(ctx, bankdb.TakeImportParams{ID: id, BankID: bankID, Now: s.now()})
		if errors.Is(err, pgx.ErrNoRows) {
			return errNoImport
		}
		if err != nil {
			return postgres.Fault(err)
		}
		p, err := previewOf(stored)
		if err != nil {
			return err
		}
		contents, pictures, err := s.chosen(p, rows)
		if err != nil {
			return err
		}
		if err := s.files.Move(ctx, tx, importOwner(id), owner(bankID), pictures); err != nil {
			return err
		}
		f, err := s.filing(ctx, tx, bankID)
		if err != nil {
			return err
		}
		for i, c := range contents {
			err := s.take(ctx, tx, contestID, f, rows[i], c, p.FileName, &done)
			if f := fault.From(err); f != nil && f.Kind == fault.Invalid {
				return rowFault(i, rows[i].Row, f)
			}
			if err != nil {
				return err
			}
		}
		if err := s.files.Drop(ctx, tx, importOwner(id)); err != nil {
			return err
		}
		return audit.Append(ctx, tx, contestID, "bank.import", map[string]any{"file": p.FileName, "added": done.Added, "updated": done.Updated, "skipped": len(done.Skipped)})
	})
	if err != nil {
		return Imported{}, err
	}
	return done, nil
}

// take brings one chosen row into the bank.
func (s *Service) take(ctx context.Context, tx pgx.Tx, contestID int64, f *filing, row ChosenRow, c Content, origin string, done *Imported) error {
	if row.ItemID > 0 {
		changed, err := s.revise(ctx, tx, contestID, f, row.ItemID, row.Version, c, origin)
		switch {
		case errors.Is(err, errSame) || err == nil && !changed:
			done.Skipped = append(done.Skipped, row.Row)
			return nil
		case err == nil:
			done.Updated++
		}
		return err
	}
	_, err := s.add(ctx, tx, f, c, origin)
	if errors.Is(err, errSame) {
		done.Skipped = append(done.Skipped, row.Row)
		return nil
	}
	if err == nil {
		done.Added++
	}
	return err
}

// chosen gives the contents of the chosen rows, and the files that go with them.
func (s *Service) chosen(p Preview, rows []ChosenRow) ([]Content, []string, error) {
	byRow := make(map[int]PreviewItem, len(p.Items))
	for _, i := range p.Items {
		byRow[i.Row] = i
	}
	var contents []Content
	pictures := []string{}
	seen := map[int]bool{}
	for i, r := range rows {
		item, ok := byRow[r.Row]
		if !ok || seen[r.Row] {
			return nil, nil, errRows.At(fmt.Sprintf("rows[%d].row", i), "Số thứ tự này không có hoặc bị lặp.", "This row does not exist or is named twice.")
		}
		seen[r.Row] = true
		c := item.Content
		if r.Content != nil {
			c = *r.Content
		} else if HasError(item.Problems) {
			return nil, nil, errRows.At(fmt.Sprintf("rows[%d].content", i),
				fmt.Sprintf("Câu số %d còn lỗi: hãy sửa trước khi nhập.", r.Row), fmt.Sprintf("Question %d still has errors: mend it first.", r.Row))
		}
		for _, f := range c.Files() {
			pictures = append(pictures, f.FileID)
		}
		contents = append(contents, c)
	}
	return contents, pictures, nil
}

// rowFault says of which row the fields of a fault are.
func rowFault(i, row int, f *fault.Fault) error {
	out := errRows.With("row", fmt.Sprint(row))
	for _, field := range f.Fields {
		out = out.At(fmt.Sprintf("rows[%d].content.%s", i, field.Path), fmt.Sprintf("Câu số %d: %s", row, field.Vi), fmt.Sprintf("Question %d: %s", row, field.En))
	}
	return out
}

// Discard throws a preview away.
func (s *Service) Discard(ctx context.Context, contestID int64, id string) error {
	_, err := s.inBank(ctx, contestID, func(tx pgx.Tx, bankID int64) error {
		n, err := s.q.WithTx(tx).DropImport(ctx, bankdb.DropImportParams{ID: id, BankID: bankID})
		if err != nil || n == 0 { // it is gone already, or another bank's: its pictures are not ours to drop
			return postgres.Fault(err)
		}
		return s.files.Drop(ctx, tx, importOwner(id))
	})
	return err
}

// fileName is the last part of a name, short and printable.
func fileName(name string) string {
	name = CleanLine(name)
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	if r := []rune(name); len(r) > 120 {
		name = string(r[:120])
	}
	if name == "" {
		name = "?"
	}
	return name
}
