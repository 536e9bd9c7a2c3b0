package migrations_test

import (
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/hoithi/hoithi/migrations"
	"github.com/hoithi/hoithi/server/testkit"
)

// first is the newest migration of the first installations.
const first = 9

// whatWasThere is a contest as the first installations hold it: a team and a person, one registered and one entered, a
// unit below another, consents, a question with its picture of more than one piece, an answer.
const whatWasThere = `
INSERT INTO account (id, login, name) OVERRIDING SYSTEM VALUE VALUES (900, 'btc', 'Lê Thu Trang');
INSERT INTO bank (id, name) OVERRIDING SYSTEM VALUE VALUES (900, 'Kho');
INSERT INTO contest (id, slug, name, template, organizer_name, bank_id, entry_kind) OVERRIDING SYSTEM VALUE
    VALUES (900, 'cu', 'Hội thi cũ', 'reform', 'Tỉnh Đoàn', 900, 'team');
INSERT INTO division (id, contest_id, name, position) OVERRIDING SYSTEM VALUE VALUES (900, 900, 'Bảng A', 1);
INSERT INTO unit (id, name, kind, search_key, same_key) OVERRIDING SYSTEM VALUE VALUES (900, 'Tỉnh Thanh Hoá', 'province', 'tinh thanh hoa', 'tinh thanh hoa');
INSERT INTO unit (id, name, kind, parent_id, search_key, same_key) OVERRIDING SYSTEM VALUE VALUES (901, 'Phường Hạc Thành', 'commune', 900, 'p', 'p');
INSERT INTO contest_unit (contest_id, unit_id) VALUES (900, 901);
INSERT INTO entry (id, contest_id, division_id, unit_id, kind, name, search_key, same_key, number, phone, email, code_mac, code_sealed, link_mac,
    link_sealed, source) OVERRIDING SYSTEM VALUE VALUES
    (900, 900, 900, 901, 'person', 'Lê An', 'le an', 'le an', 1, '0912345678', 'an@example.vn', 'a', 'a', 'a', 'a', 'registration'),
    (901, 900, 900, 901, 'team', 'Đội Hạc', 'doi hac', 'team|900|p|doi hac', 2, '0912345679', '', 'b', 'b', 'b', 'b', 'manual');
INSERT INTO member (entry_id, position, name, role) VALUES (900, 1, 'Lê An', 'captain'), (901, 1, 'Vũ Cúc', 'captain'), (901, 2, 'Mai Dũng', 'member');
INSERT INTO registration (id, contest_id, division_id, unit_id, unit_name, kind, name, members, search_key, same_key, phone, email, state, receipt_mac,
    entry_id) OVERRIDING SYSTEM VALUE VALUES
    (900, 900, 900, 901, '', 'person', 'Lê An', '[{"name": "Lê An", "role": "captain"}]', 'le an', 'le an', '0912345678', 'an@example.vn', 'approved', 'a', 900),
    (901, 900, 900, NULL, 'Xã Mới', 'team', 'Đội Mới', '[{"name": "Hồ Bình", "role": "captain"}, {"name": "Cao Yến", "role": "reserve"}]', 'doi moi',
     'doi moi', '0912345670', '', 'pending', 'b', NULL);
INSERT INTO consent (registration_id, purpose, version, given) VALUES (900, 'take_part', '1', true), (900, 'publish', '1', false), (901, 'take_part', '1', true);
INSERT INTO item (id, bank_id, type, difficulty, topic, stem_key, search_key, content_hash) OVERRIDING SYSTEM VALUE
    VALUES (900, 900, 'single', 'recognition', 'Một cửa', 'k', 'k', 'h');
INSERT INTO item_version (item_id, version, content, content_hash, created_by) VALUES (900, 1, '{}', sha256('x'), 900);
INSERT INTO file (id, owner, content_type, hash, data) VALUES
    (repeat('a', 32), 'bank:900', 'image/png', sha256('x'), decode(repeat('0102030405060708', 60000), 'hex')),
    (repeat('b', 32), 'bank:900', 'image/png', sha256('y'), '\x01');
`

// asTheyWere reads in the old shape what must not be lost.
const asTheyWere = `SELECT jsonb_build_object(
    'units', (SELECT jsonb_agg(to_jsonb(u) - 'created_at' ORDER BY id) FROM unit u),
    'invited', (SELECT jsonb_agg(to_jsonb(u) ORDER BY unit_id) FROM contest_unit u),
    'entries', (SELECT jsonb_agg(to_jsonb(e) ORDER BY id) FROM entry e),
    'members', (SELECT jsonb_agg(to_jsonb(m) ORDER BY id) FROM member m),
    'registrations', (SELECT jsonb_agg(to_jsonb(r) ORDER BY id) FROM registration r),
    'consents', (SELECT jsonb_agg(to_jsonb(c) ORDER BY registration_id, purpose) FROM consent c),
    'items', (SELECT jsonb_agg(to_jsonb(i) ORDER BY id) FROM item i),
    'files', (SELECT jsonb_agg(to_jsonb(f) - 'data' || jsonb_build_object('hash', encode(sha256(data), 'hex')) ORDER BY id) FROM file f))::text`

// What the first installations hold is whole in the newest shape, and whole again after the way back.
func TestWhatTheFirstInstallationsHoldSurvives(t *testing.T) {
	t.Parallel()
	db := testkit.EmptyPostgres(t)
	sqlDB := stdlib.OpenDBFromPool(db)
	defer func() { _ = sqlDB.Close() }()
	p, err := goose.NewProvider(goose.DialectPostgres, sqlDB, migrations.FS, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), whatWasThere); err != nil {
		t.Fatal(err)
	}
	before := text(t, db, asTheyWere)
	for range 2 {
		if _, err := p.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ what, sql, want string }{
			{"people of registrations", `SELECT string_agg(concat_ws(' ', registration_id, position, name, role, phone, email), '; ' ORDER BY registration_id, position) FROM registrant`,
				"900 1 Lê An captain 0912345678 an@example.vn; 901 1 Hồ Bình captain  ; 901 2 Cao Yến reserve  "},
			{"phones of people", `SELECT string_agg(concat_ws(' ', name, phone), '; ' ORDER BY id) FROM member`, "Lê An 0912345678; Vũ Cúc ; Mai Dũng "},
			{"units since ever", `SELECT string_agg(concat_ws(' ', u.code, p.name, p.parent_id), '; ' ORDER BY u.id) FROM unit u JOIN unit_period p ON p.unit_id = u.id
				AND p.valid_from = '0001-01-01' AND p.valid_to IS NULL`, "DV00900 Tỉnh Thanh Hoá; DV00901 Phường Hạc Thành 900"},
			{"consents of the contest", `SELECT string_agg(concat_ws(' ', contest_id, registration_id, purpose, given, method), '; ' ORDER BY registration_id, purpose) FROM consent`,
				"900 900 publish f form; 900 900 take_part t form; 900 901 take_part t form"},
			{"approved items", `SELECT concat_ws(' ', state, approved_version, created_by, filed) FROM item`, "approved 1 900 f"},
			{"what makes entries the same", `SELECT string_agg(same_key, '; ' ORDER BY id) FROM entry`, "le an; team|900|#901|doi hac"},
			{"files in pieces", `SELECT string_agg(size || ' ' || (SELECT string_agg(length(data)::text, ' ' ORDER BY number) FROM file_chunk c WHERE c.file_id = f.id), '; ' ORDER BY id) FROM file f`,
				"480000 262144 217856; 1 1"},
		} {
			if got := text(t, db, c.sql); got != c.want {
				t.Errorf("%s:\n%s\nwant\n%s", c.what, got, c.want)
			}
		}
		if _, err := p.DownTo(t.Context(), first); err != nil {
			t.Fatal(err)
		}
		if after := text(t, db, asTheyWere); after != before {
			t.Fatalf("after the way back:\n%s\nbefore:\n%s", after, before)
		}
	}
}

func text(t *testing.T, db *pgxpool.Pool, sql string) (s string) {
	t.Helper()
	if err := db.QueryRow(t.Context(), sql).Scan(&s); err != nil {
		t.Fatal(err)
	}
	return s
}
