package bank_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/bank/exporting"
	"github.com/hoithi/hoithi/server/bank/importing"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/files"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/testkit"
)

// banks says which bank a contest has: contest 1 and its clone 2 share one, contest 3 has its own.
type banks map[int64]int64

func (b banks) BankOf(_ context.Context, contestID int64) (int64, error) {
	if id, ok := b[contestID]; ok {
		return id, nil
	}
	return 0, fault.NothingHere
}

type house struct {
	*bank.Service
	db    *pgxpool.Pool
	files *files.Service
	banks banks
	clock time.Time
	ctx   context.Context
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{db: testkit.Postgres(t), banks: banks{}, clock: time.Date(2026, 8, 1, 8, 0, 0, 0, time.UTC)}
	h.files = files.New(h.db)
	h.Service = bank.New(h.db, h.files, h.banks, bank.Formats{Read: importing.Read, Write: exporting.Write, Losses: exporting.Losses},
		func() time.Time { return h.clock })
	h.ctx = account.With(t.Context(), account.Principal{AccountID: 7, Name: "Lê Thu Trang"})
	for contest := range []int{0, 1, 2} {
		if contest == 1 {
			h.banks[2] = h.banks[1]
			continue
		}
		err := postgres.InTx(h.ctx, h.db, func(tx pgx.Tx) error {
			id, err := h.NewBank(h.ctx, tx, "Ngân hàng")
			h.banks[int64(contest+1)] = id
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func (h *house) create(t *testing.T, c bank.Content) bank.Item {
	t.Helper()
	i, err := h.Create(h.ctx, 1, c)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func stems(p bank.Page) []string {
	var out []string
	for _, i := range p.Items {
		out = append(out, i.Content.Stem)
	}
	return out
}

func isCode(err error, code string) bool {
	f := fault.From(err)
	return f != nil && f.Code == code
}

func TestEditingAddsAVersionAndKeepsTheOldOne(t *testing.T) {
	h := open(t)
	first := h.create(t, bank.Samples()[0])
	changed := first.Content
	changed.Stem = "Câu đã sửa?"
	second, err := h.Edit(h.ctx, 1, first.ID, 1, changed)
	if err != nil {
		t.Fatal(err)
	}
	if second.Version.Version != 2 || second.Version.ID == first.Version.ID || second.Content.Stem != "Câu đã sửa?" || second.Author != "Lê Thu Trang" {
		t.Errorf("second version %+v", second)
	}
	old, err := h.Versions(h.ctx, h.banks[1], []int64{first.Version.ID})
	if err != nil || len(old) != 1 || old[0].Content.HashText() != first.Content.HashText() || !bytes.Equal(old[0].Hash, first.Hash) {
		t.Errorf("the first version is not what it was: %+v, %v", old, err)
	}
	if _, err := h.Edit(h.ctx, 1, first.ID, 1, first.Content); !isCode(err, "item_changed") {
		t.Errorf("a change on top of an old version must be refused: %v", err)
	}
	again, err := h.Edit(h.ctx, 1, first.ID, 2, changed)
	if err != nil || again.Version.Version != 2 {
		t.Errorf("saving without a change must not add a version: %+v, %v", again.Version, err)
	}
	history, err := h.History(h.ctx, 2, first.ID) // the clone shares the bank
	if err != nil || len(history) != 2 || history[0].Version != 2 {
		t.Errorf("history %+v, %v", history, err)
	}
	for _, sql := range []string{`UPDATE item_version SET content = 'x'`, `DELETE FROM item_version`} {
		if _, err := h.db.Exec(h.ctx, sql); err == nil {
			t.Errorf("%s must be refused by the database", sql)
		}
	}
}

func TestTheSameQuestionStandsOnce(t *testing.T) {
	h := open(t)
	first := h.create(t, bank.Samples()[0])
	if _, err := h.Create(h.ctx, 2, bank.Samples()[0]); !isCode(err, "item_exists") {
		t.Errorf("the same question again: %v", err)
	}
	if _, err := h.Create(h.ctx, 3, bank.Samples()[0]); err != nil {
		t.Errorf("another bank may have it too: %v", err)
	}
	other := h.create(t, bank.Samples()[1])
	if _, err := h.Edit(h.ctx, 1, other.ID, 1, first.Content); !isCode(err, "item_exists") {
		t.Errorf("editing one question into another: %v", err)
	}
	if _, err := h.Retire(h.ctx, 1, first.ID, true); err != nil {
		t.Fatal(err)
	}
	h.create(t, bank.Samples()[0])
	if _, err := h.Retire(h.ctx, 1, first.ID, false); !isCode(err, "item_exists") {
		t.Errorf("bringing back what was replaced: %v", err)
	}
}

func TestNobodyReadsAnotherContestsBank(t *testing.T) {
	h := open(t)
	i := h.create(t, bank.Samples()[0])
	if _, err := h.Get(h.ctx, 3, i.ID); !fault.IsKind(err, fault.NotFound) {
		t.Errorf("get: %v", err)
	}
	if _, err := h.Edit(h.ctx, 3, i.ID, 1, bank.Samples()[1]); !fault.IsKind(err, fault.NotFound) {
		t.Errorf("edit: %v", err)
	}
	if _, err := h.History(h.ctx, 3, i.ID); !fault.IsKind(err, fault.NotFound) {
		t.Errorf("history: %v", err)
	}
	if v, err := h.Versions(h.ctx, h.banks[3], []int64{i.Version.ID}); err != nil || len(v) != 0 {
		t.Errorf("versions %v, %v", v, err)
	}
}

func TestSearchWithoutMarksAndFilters(t *testing.T) {
	h := open(t)
	var second bank.Item
	for i, c := range bank.Samples() {
		if item := h.create(t, c); i == 1 {
			second = item
		}
	}
	for name, tc := range map[string]struct {
		f    bank.Filter
		want int
	}{
		"everything":              {bank.Filter{}, 5},
		"without marks":           {bank.Filter{Search: "thu do nuoc"}, 1},
		"words in any order":      {bank.Filter{Search: "TỐ CÁO khiếu nại"}, 2},
		"in an option":            {bank.Filter{Search: "chủ tịch nước"}, 1},
		"in the source":           {bank.Filter{Search: "hien phap 2013"}, 5},
		"signs of LIKE":           {bank.Filter{Search: "%_%"}, 5},
		"nothing":                 {bank.Filter{Search: "xyzzy"}, 0},
		"by type":                 {bank.Filter{Type: bank.Numeric}, 1},
		"by difficulty":           {bank.Filter{Difficulty: bank.Understanding}, 1},
		"by topic":                {bank.Filter{TopicID: h.topic(t, "Quyền công dân").ID}, 2},
		"by the words of a topic": {bank.Filter{Search: "quyen cong dan"}, 2},
		"in no topic":             {bank.Filter{TopicID: bank.NoTopic}, 0},
		"retired":                 {bank.Filter{Retired: true}, 0},
		"a page behind the first": {bank.Filter{After: second.ID, Size: 2}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			if tc.f.Size == 0 {
				tc.f.Size = 50
			}
			p, err := h.List(h.ctx, 1, tc.f)
			if err != nil || len(p.Items) != tc.want {
				t.Errorf("%d items, want %d: %v %v", len(p.Items), tc.want, stems(p), err)
			}
		})
	}
	tally, err := h.Tally(h.ctx, 1)
	if err != nil || tally.Active != 5 || tally.Types[bank.Single] != 1 || tally.Difficulties[bank.Recognition] != 4 ||
		h.topic(t, "Bộ máy nhà nước").Items != 3 {
		t.Errorf("tally %+v, %v", tally, err)
	}
}

func picture(t *testing.T, w, hgt int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, hgt))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPicturesBelongToABank(t *testing.T) {
	h := open(t)
	img, err := h.UploadImage(h.ctx, 1, picture(t, 40, 30))
	if err != nil || img.Width != 40 || img.Height != 30 {
		t.Fatalf("%+v, %v", img, err)
	}
	if f, data, err := h.files.Read(h.ctx, img.FileID); err != nil || f.ContentType != "image/png" || !bytes.Equal(data, picture(t, 40, 30)) {
		t.Errorf("reading back: %+v, %v", f, err)
	}
	c := bank.Samples()[0]
	c.Image = &bank.Image{FileID: img.FileID, Hash: strings.Repeat("0", 64), Width: 9999, Height: 1, Alt: "Quốc huy"}
	i := h.create(t, c)
	if got := *i.Content.Image; got.Hash != img.Hash || got.Width != 40 {
		t.Errorf("what is said about a picture must come from the picture: %+v", got)
	}
	if _, err := h.Create(h.ctx, 3, c); !isCode(err, "item_invalid") {
		t.Errorf("a picture of another bank: %v", err)
	}
	for name, data := range map[string][]byte{"text": []byte("<svg onload=alert(1)>"), "nothing": nil, "large": make([]byte, files.DefaultLimits.Image+1), "wide": picture(t, 8001, 1)} {
		if _, err := h.UploadImage(h.ctx, 1, data); err == nil {
			t.Errorf("%s must be refused", name)
		}
	}
}
