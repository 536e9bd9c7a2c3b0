package app

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/unit"
)

// A province: as many people, questions and units as one contest is built for.
const (
	manyUnits         = 2_000
	manyEntries       = 100_000
	manyRegistrations = 100_000
	manyItems         = 50_000
)

// The names of people, common ones first.
var (
	familyNames = strings.Fields("Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Mai Trịnh Lương Cao Tạ")
	middleNames = strings.Fields("Văn Văn Văn Thị Thị Thị Thị Hữu Đức Minh Thanh Ngọc Quang Xuân Hồng Thu Kim Anh Gia Bảo Khánh Phương Thùy Mạnh Công Đình Quốc Tuấn Hoài Diệu")
	givenNames  = strings.Fields("An Anh Ánh Bình Bảo Châu Chi Cường Duy Dũng Dung Đạt Đức Giang Hà Hải Hạnh Hằng Hậu Hiền Hiếu Hoa Hòa Hùng Hưng Hương Huy Huyền Khang Khánh Khoa Kiên Lâm Lan Linh Loan Long Mai Mạnh Minh My Nam Nga Ngân Nghĩa Ngọc Nhung Phong Phúc Phương Quân Quyên Sơn Tâm Thảo Thành Thắng Thủy Tiến Trang Trinh Trung Tú Tuấn Tùng Uyên Vân Việt Vinh Vy Xuân Yến")
	placeNames  = strings.Fields("Hạc Thành Đông Sơn Quảng Phú Tân Lập Hòa Bình Vĩnh Lộc Yên Định Thọ Xuân Như Thanh Bá Thước Cẩm Thủy Hà Trung Nga Sơn Hậu Lộc Thiệu Hóa Nông Cống Tĩnh Gia Lang Chánh")
)

// amounts is a contest of that size, and what the questions to it need.
type amounts struct {
	contest      contest.Contest
	organizer    string // cookies
	leader       string
	leaderUnit   int64
	block        int64
	unit         int64
	entry        int64
	registration int64
	topic, act   int64
	round        int64
}

type lot struct {
	t         testing.TB
	a         *App
	r         *rand.Rand
	c         contest.Contest
	day       time.Time
	unitNames []string // by id
}

func (l *lot) one(of []string) string { return of[l.r.IntN(len(of))] }

func (l *lot) person() string {
	name := l.one(familyNames) + " " + l.one(middleNames)
	if l.r.IntN(3) == 0 {
		name += " " + l.one(middleNames)
	}
	return name + " " + l.one(givenNames)
}

func (l *lot) phone() string { return fmt.Sprintf("0%d%08d", 3+2*l.r.IntN(4), l.r.IntN(100_000_000)) }

func (l *lot) born() time.Time { return l.day.AddDate(-16, 0, -l.r.IntN(14_000)) }

// mac is unlike every other one.
func mac(kind byte, n int) []byte {
	var b [9]byte
	b[0] = kind
	binary.BigEndian.PutUint64(b[1:], uint64(n))
	sum := sha256.Sum256(b[:])
	return sum[:]
}

func (l *lot) copy(table string, columns string, n int, row func(i int) []any) {
	l.t.Helper()
	l.unhurried(func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.CopyFrom(ctx, pgx.Identifier{table}, strings.Fields(columns), pgx.CopyFromSlice(n, func(i int) ([]any, error) { return row(i), nil }))
		return err
	}, "fill "+table)
}

func (l *lot) exec(sql string, args ...any) {
	l.t.Helper()
	l.unhurried(func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, sql, args...)
		return err
	}, sql)
}

// unhurried does what may take longer than a statement of the product.
func (l *lot) unhurried(do func(ctx context.Context, tx pgx.Tx) error, what string) {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), 5*time.Minute)
	defer cancel()
	tx, err := l.a.DB.Begin(ctx)
	if err == nil {
		_, err = tx.Exec(ctx, "SET LOCAL statement_timeout = 0")
	}
	if err == nil {
		err = do(ctx, tx)
	}
	if err == nil {
		err = tx.Commit(ctx)
	}
	if err != nil {
		l.t.Fatalf("%s: %v", what, err)
	}
}

// tended does at once what the database does by itself within minutes: rows that were written are marked as seen by all.
func (l *lot) tended() {
	l.t.Helper()
	conn, err := l.a.DB.Acquire(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	defer conn.Release()
	for _, sql := range []string{"SET statement_timeout = 0", "VACUUM ANALYZE", "RESET statement_timeout"} {
		if _, err := conn.Exec(l.t.Context(), sql); err != nil {
			l.t.Fatalf("%s: %v", sql, err)
		}
	}
}

// units: a province, its communes and agencies, and what stands below the communes.
func (l *lot) units() {
	l.unitNames = make([]string, manyUnits+1)
	parent := func(id int) any {
		switch {
		case id == 1:
			return nil
		case id <= 200:
			return int64(1)
		}
		return int64(2 + id%166)
	}
	kind := func(id int) string {
		switch {
		case id == 1:
			return "province"
		case id <= 167:
			return "commune"
		case id <= 200:
			return "agency"
		}
		return "school"
	}
	words := map[string]string{"province": "Tỉnh", "commune": "Xã", "agency": "Sở", "school": "Trường THCS"}
	for id := 1; id <= manyUnits; id++ {
		l.unitNames[id] = fmt.Sprintf("%s %s %s %d", words[kind(id)], l.one(placeNames), l.one(placeNames), id)
	}
	l.copy("unit", "id name kind parent_id search_key same_key code", manyUnits, func(i int) []any {
		name := l.unitNames[i+1]
		return []any{int64(i + 1), name, kind(i + 1), parent(i + 1), unit.SearchKey(name), unit.SameKey(name), fmt.Sprintf("DV%05d", i+1)}
	})
	l.exec(`SELECT setval(pg_get_serial_sequence('unit', 'id'), max(id)) FROM unit`)
	l.exec(`INSERT INTO unit_period (unit_id, valid_from, name, kind, parent_id, same_key) SELECT id, '0001-01-01', name, kind, parent_id, same_key FROM unit`)
	l.exec(`INSERT INTO unit_headcount (unit_id, day, members, staff) SELECT id, '2026-01-01', 20 + id % 300, 5 + id % 40 FROM unit`)
	l.exec(`UPDATE unit_tree SET version = version + 1`)
	l.exec(`INSERT INTO contest_block (contest_id, name, position) SELECT $1, 'Khối ' || n, n FROM generate_series(1, 6) n`, l.c.ID)
	l.exec(`INSERT INTO contest_unit (contest_id, unit_id, block_id, target, headcount)
		SELECT $1, u.id, (SELECT min(id) FROM contest_block WHERE contest_id = $1) + u.id % 6, 50, 20 + u.id % 300 FROM unit u`, l.c.ID)
}

// people fills entry and member; then registration and registrant with what was approved, waits and was turned down.
func (l *lot) people() {
	type row struct {
		name, phone, key, same string
		born                   time.Time
		unit                   int
	}
	some := func(n int) []row {
		rows := make([]row, n)
		for i := range rows {
			p := row{name: l.person(), phone: l.phone(), born: l.born(), unit: 1 + l.r.IntN(manyUnits)}
			p.key = unit.SearchKey(strings.Join([]string{p.name, l.unitNames[p.unit], p.phone}, " "))
			p.same = strings.Join([]string{"person", fmt.Sprint(l.c.Divisions[i%3].ID), fmt.Sprintf("#%d", p.unit), unit.WordsKey(p.name)}, "|")
			rows[i] = p
		}
		return rows
	}
	findings := func(i int) string {
		if i%50 == 0 {
			return `[{"code":"too_young","severity":"warn","vi":"Chưa đủ tuổi","en":"Too young"}]`
		}
		return "[]"
	}
	entries := some(manyEntries)
	l.copy("entry", "id contest_id division_id unit_id kind name search_key same_key number phone email code_mac code_sealed link_mac link_sealed source state findings",
		manyEntries, func(i int) []any {
			p, state := entries[i], "active"
			if i%40 == 7 {
				state = "withdrawn"
			}
			return []any{int64(i + 1), l.c.ID, l.c.Divisions[i%3].ID, int64(p.unit), "person", p.name, p.key, p.same, int32(i + 1), p.phone, "",
				mac('c', i), []byte{1}, mac('l', i), []byte{1}, "registration", state, findings(i)}
		})
	l.copy("member", "entry_id position name role name_key birth_date phone", manyEntries, func(i int) []any {
		p := entries[i]
		return []any{int64(i + 1), int32(1), p.name, "member", unit.WordsKey(p.name), p.born, p.phone}
	})
	asked := append(entries[:60_000:60_000], some(manyRegistrations-60_000)...)
	l.copy("registration", "id contest_id division_id unit_id kind name search_key same_key phone receipt_mac state entry_id findings", manyRegistrations, func(i int) []any {
		p, state, entry := asked[i], "approved", any(int64(i+1))
		if i >= 60_000 {
			entry = nil
			switch i % 20 {
			case 0:
				state = "waitlisted"
			case 1, 2, 3, 4, 5, 6, 7:
				state = "pending"
			case 8, 9:
				state = "withdrawn"
			default:
				state = "rejected"
			}
		}
		return []any{int64(i + 1), l.c.ID, l.c.Divisions[i%3].ID, int64(p.unit), "person", p.name, p.key, p.same, p.phone, mac('r', i), state, entry, findings(i)}
	})
	l.copy("registrant", "registration_id position name role name_key birth_date phone", manyRegistrations, func(i int) []any {
		p := asked[i]
		return []any{int64(i + 1), int32(1), p.name, "member", unit.WordsKey(p.name), p.born, p.phone}
	})
	for _, table := range []string{"entry", "registration"} {
		l.exec(fmt.Sprintf(`SELECT setval(pg_get_serial_sequence('%s', 'id'), max(id)) FROM %s`, table, table))
	}
	l.exec(`INSERT INTO duplicate (contest_id, likeness, one_registration_id, other_entry_id)
		SELECT $1, 'phone', r.id, r.id - 30000 FROM registration r WHERE r.state = 'pending' AND r.id % 7 = 1`, l.c.ID)
	l.exec(`INSERT INTO registration_event (contest_id, registration_id, kind, by_organizer) SELECT $1, id, 'registered', false FROM registration`, l.c.ID)
}

// items fills the bank: half of it with legal questions, all states and types that are chosen from options.
func (l *lot) items() {
	topics := make([]string, 0, 220)
	for i := range 20 {
		topics = append(topics, fmt.Sprintf("Chủ đề lớn %d", i+1))
		for j := range 10 {
			topics = append(topics, fmt.Sprintf("Chủ đề lớn %d / Nhánh %d", i+1, j+1))
		}
	}
	l.copy("topic", "id bank_id parent_id name position path path_key", len(topics), func(i int) []any {
		var parent any
		name := topics[i]
		if i%11 != 0 {
			parent, name = int64(i-i%11+1), name[strings.Index(name, " / ")+3:]
		}
		return []any{int64(i + 1), l.c.BankID, parent, name, int32(i), topics[i], bank.SearchKey(topics[i])}
	})
	l.copy("legal_act", "id bank_id title title_key lapsed_at", 40, func(i int) []any {
		var lapsed any
		if i < 3 {
			lapsed = l.day
		}
		return []any{int64(i + 1), l.c.BankID, fmt.Sprintf("Nghị định số %d/2018/NĐ-CP", i+40), fmt.Sprintf("nghi dinh %d 2018 nd cp", i+40), lapsed}
	})
	l.exec(`SELECT setval(pg_get_serial_sequence('topic', 'id'), max(id)) FROM topic`)
	l.exec(`SELECT setval(pg_get_serial_sequence('legal_act', 'id'), max(id)) FROM legal_act`)
	contents := make([]bank.Content, manyItems)
	for i := range contents {
		contents[i] = l.item(i, topics)
	}
	states := []string{"approved", "approved", "approved", "approved", "approved", "approved", "draft", "in_review", "in_review", "sent_back"}
	l.copy("item", "id bank_id version type difficulty topic topic_id act_id stem_key search_key content_hash state approved_version tags", manyItems, func(i int) []any {
		c, hash := contents[i], contents[i].Hash()
		var act, approved any
		if i%2 == 0 {
			act = int64(1 + i%40)
		}
		if states[i%10] == "approved" {
			approved = int32(1)
		}
		tags := []string{}
		if i%4 == 0 {
			tags = append(tags, fmt.Sprintf("nhãn %d", i%60))
		}
		words := []string{c.Stem, c.Source.Act}
		for _, o := range c.Options {
			words = append(words, o.Text)
		}
		return []any{int64(i + 1), l.c.BankID, int32(1), string(c.Type), string(c.Difficulty), c.Topic, int64(1 + i%len(topics)), act,
			bank.SearchKey(c.PlainStem()), bank.SearchKey(strings.Join(words, " . ")), hash[:], states[i%10], approved, tags}
	})
	l.copy("item_version", "item_id version content content_hash author", manyItems, func(i int) []any {
		hash := contents[i].Hash()
		return []any{int64(i + 1), int32(1), contents[i].Encode(), hash[:], "Ban Tổ chức"}
	})
	l.exec(`SELECT setval(pg_get_serial_sequence('item', 'id'), max(id)) FROM item`)
	l.exec(`INSERT INTO item_comment (item_id, version, body, at, name) SELECT id, 1, 'Cần xem lại nguồn.', now(), 'Người thẩm định' FROM item WHERE id % 100 = 0`)
}

var askedWords = strings.Fields("thủ tục hành chính hồ sơ tiếp nhận trả kết quả một cửa liên thông trực tuyến công dân tổ chức thời hạn giải quyết cơ quan có thẩm quyền quyết định văn bản chứng thực bản sao đăng ký khai sinh kết hôn cư trú đất đai doanh nghiệp lệ phí dịch vụ công quốc gia định danh điện tử chuyển đổi số")

func (l *lot) item(i int, topics []string) bank.Content {
	say := func(n int) string {
		words := make([]string, n)
		for j := range words {
			words[j] = l.one(askedWords)
		}
		return strings.Join(words, " ")
	}
	c := bank.Content{Type: bank.Single, PartialCredit: bank.AllOrNothing, Topic: topics[i%len(topics)], Difficulty: bank.Difficulties[i%4],
		Stem: fmt.Sprintf("Câu %d: theo quy định, %s là gì?", i+1, say(14))}
	if i%2 == 0 {
		c.Source = bank.Source{Act: fmt.Sprintf("Nghị định số %d/2018/NĐ-CP", i%40+40), Article: fmt.Sprintf("Điều %d", 1+i%60)}
	}
	for j := range 4 {
		c.Options = append(c.Options, bank.Option{ID: string(rune('a' + j)), Text: say(7)})
	}
	c.Key.Options = []string{string(rune('a' + i%4))}
	if i%5 == 0 {
		c.Type, c.Key.Options = bank.Multiple, []string{"a", "c"}
	}
	return c.Normalized()
}
