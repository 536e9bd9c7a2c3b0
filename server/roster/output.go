package roster

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

var (
	badAddress = fault.New(fault.Invalid, "bad_address",
		"Địa chỉ in trên thẻ cần bắt đầu bằng http:// hoặc https:// và chỉ gồm tên máy chủ.",
		"The address on the cards must begin with http:// or https:// and hold only the server's name.")
	noCards = fault.New(fault.NotFound, "no_cards",
		"Chưa có thí sinh nào để in thẻ.", "There are no entries to print cards for.")
)

// EntryPath is the page on which contestants enter; a personal link carries its secret behind '#', where no server
// log sees it.
const EntryPath = "/contestant"

// CleanAddress checks the address that is printed on cards: a scheme and a host, nothing else.
func CleanAddress(address string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || len(address) > 120 ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", badAddress.At("address", badAddress.Vi, badAddress.En)
	}
	return u.Scheme + "://" + u.Host, nil
}

// Cards prints the entry cards of all active entries (ids empty), or of the chosen ones. It reports the letters that
// could not be printed.
func (s *Service) Cards(ctx context.Context, contestID int64, ids []int64, address, locale string) ([]byte, []rune, error) {
	address, err := CleanAddress(address)
	if err != nil {
		return nil, nil, err
	}
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return nil, nil, err
	}
	rows, err := s.q.SecretsOf(ctx, rosterdb.SecretsOfParams{ContestID: contestID, Everyone: len(ids) == 0, Ids: ids})
	if err != nil {
		return nil, nil, postgres.Fault(err)
	}
	if len(rows) == 0 {
		return nil, nil, noCards
	}
	cards := make([]export.EntryCard, len(rows))
	for i, r := range rows {
		code, err := s.secrets.opened("code", contestID, r.CodeSealed)
		if err != nil {
			return nil, nil, err
		}
		link, err := s.secrets.opened("link", contestID, r.LinkSealed)
		if err != nil {
			return nil, nil, err
		}
		cards[i] = export.EntryCard{Contest: c.Name, Unit: r.UnitName, Name: r.Name, Number: NumberText(int(r.Number)), Code: code,
			Link: address + EntryPath + "#" + link, Address: address + entryPage(c)}
	}
	// Whoever prints cards has seen codes: that is recorded before they are handed out.
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		return record(ctx, tx, contestID, "print_cards", map[string]any{"entries": len(cards), "all": len(ids) == 0})
	})
	if err != nil {
		return nil, nil, postgres.Fault(err)
	}
	var b bytes.Buffer
	replaced, err := export.WriteEntryCards(&b, export.CardWordsFor(locale).Title+" – "+c.Name, time.Now(), export.CardWordsFor(locale), cards)
	return b.Bytes(), replaced, err
}

// entryPage is where number and code are typed. A listed contest is found on the page; another one is named in the
// address.
func entryPage(c contest.Contest) string {
	if c.Unlisted || c.RehearsalOf != 0 {
		return EntryPath + "?c=" + c.Slug
	}
	return EntryPath
}

// listWords are the titles of the written lists.
type listWords struct {
	sheet, number, name, team, unit, division, member, role, phone, email, state, guide string
	captain, plain, reserve, active, withdrawn                                          string
}

func listWordsFor(locale string) listWords {
	if locale == "en" {
		return listWords{sheet: "Entries", number: "Candidate number", name: "Full name", team: "Team name", unit: "Unit", division: "Division",
			member: "Member name", role: "Role", phone: "Phone", email: "E-mail", state: "State", guide: "Guide",
			captain: "Captain", plain: "Member", reserve: "Reserve", active: "Active", withdrawn: "Withdrawn"}
	}
	return listWords{sheet: "Thí sinh", number: "Số báo danh", name: "Họ và tên", team: "Tên đội", unit: "Đơn vị", division: "Bảng thi",
		member: "Họ và tên thành viên", role: "Vai trò", phone: "Số điện thoại", email: "E-mail", state: "Tình trạng", guide: "Hướng dẫn",
		captain: "Đội trưởng", plain: "Thành viên", reserve: "Dự bị", active: "Dự thi", withdrawn: "Đã rút"}
}

func (w listWords) of(role MemberRole) string {
	switch role {
	case RoleCaptain:
		return w.captain
	case RoleReserve:
		return w.reserve
	case RoleMember:
	}
	return w.plain
}

// Template writes an empty file for bulk registration, with a guide on a sheet of its own: an example among the rows
// would be registered.
func (s *Service) Template(ctx context.Context, contestID int64, locale string) ([]byte, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return nil, err
	}
	w := listWordsFor(locale)
	pick := func(vi, en string) string {
		if locale == "en" {
			return en
		}
		return vi
	}
	unitColumn := export.Column{Title: w.unit, Width: 34, Note: pick("Tên đầy đủ, viết giống nhau ở mọi dòng", "The full name, spelled alike in all rows")}
	columns := []export.Column{{Title: w.name, Width: 30}, unitColumn}
	guide := [][]any{{w.name, pick("Bắt buộc", "Required"), "Nguyễn Thị Hoài An"}, {w.unit, unitColumn.Note, "Phường Hạc Thành"}}
	if c.EntryKind == contest.TeamEntry {
		columns = []export.Column{{Title: w.team, Width: 30, Note: pick("Ghi ở dòng đầu của đội; các dòng sau để trống", "In the team's first row; leave the next rows empty")},
			unitColumn, {Title: w.member, Width: 30}, {Title: w.role, Width: 14, Choices: []string{w.captain, w.plain, w.reserve}}}
		guide = [][]any{
			{w.team, pick("Ghi ở dòng đầu của đội; để trống ở các dòng sau", "In the team's first row; empty in the next rows"), "Đội Tuổi trẻ Hạc Thành"},
			{w.unit, unitColumn.Note, "Phường Hạc Thành"},
			{w.member, fmt.Sprintf(pick("Mỗi thành viên một dòng, từ %d đến %d người", "A row for each member, %d to %d people"), c.TeamMin, c.TeamMax), "Nguyễn Thị Hoài An"},
			{w.role, strings.Join([]string{w.captain, w.plain, w.reserve}, ", "), w.captain},
		}
	}
	if len(c.Divisions) > 1 {
		names := make([]string, len(c.Divisions))
		for i, d := range c.Divisions {
			names[i] = d.Name
		}
		columns = append(columns, export.Column{Title: w.division, Width: 16, Choices: names})
		guide = append(guide, []any{w.division, pick("Bắt buộc, một trong: ", "Required, one of: ") + strings.Join(names, ", "), names[0]})
	}
	columns = append(columns, export.Column{Title: w.phone, Width: 16}, export.Column{Title: w.email, Width: 28})
	guide = append(guide, []any{w.phone, pick("Không bắt buộc; 10 chữ số", "Optional; 10 digits"), "0912345678"}, []any{w.email, pick("Không bắt buộc", "Optional"), "hoaian@example.vn"})
	var b bytes.Buffer
	err = export.WriteWorkbook(&b, export.Sheet{Name: w.sheet, Columns: columns}, export.Sheet{Name: w.guide,
		Columns: []export.Column{{Title: pick("Cột", "Column"), Width: 26}, {Title: pick("Cách ghi", "How to fill it"), Width: 56}, {Title: pick("Ví dụ", "Example"), Width: 30}}, Rows: guide})
	return b.Bytes(), err
}
