package leader

import (
	"context"
	"fmt"
	"slices"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/roster/sheet"
	"github.com/hoithi/hoithi/server/unit"
)

// UnitLeaders is a unit of a contest with those who act for it.
type UnitLeaders struct {
	UnitID  int64
	Name    string
	Above   string
	Block   string
	Leaders []account.Leadership
}

// Invitation is what an organizer passes on to a leader.
type Invitation struct {
	AccountID int64
	UnitID    int64
	UnitName  string
	Name      string
	Login     string
	Token     string // of the link; "" for someone who signs in with a password already
}

// Invited is one line of a list of leaders, as it was understood or done.
type Invited struct {
	Row int // in the file
	Invitation
	Vi, En string // what is wrong; "": nothing
}

const maxInvited = 2_000

var (
	tooManyInvited = fault.New(fault.Invalid, "too_many_leaders",
		"Mỗi lần mời tối đa 2.000 đơn vị. Chưa mời ai.", "At most 2,000 units can be invited at once. Nobody was invited.")
	unitNotThere = fault.New(fault.Invalid, "unit_not_in_contest",
		"Đơn vị này không có trong hội thi. Hãy thêm đơn vị trước.", "This unit is not in the contest. Add the unit first.")
	leadersNoHeader = fault.New(fault.Invalid, "leaders_no_header",
		"Không tìm thấy cột “Đơn vị” trong tệp. Tệp cần có cột đơn vị; họ tên và số điện thoại không bắt buộc.",
		"There is no column “Unit” in the file. It needs one; name and phone number are optional.")
)

// Leaders lists the contest's units and who acts for each.
func (s *Service) Leaders(ctx context.Context, contestID int64) ([]UnitLeaders, error) {
	c, err := s.Contests.Get(ctx, contestID)
	if err != nil {
		return nil, err
	}
	rows, err := s.rows(ctx, c, nil)
	if err != nil {
		return nil, err
	}
	all, err := s.Accounts.LeadersIn(ctx, contestID)
	if err != nil {
		return nil, err
	}
	view, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	by := map[int64][]account.Leadership{}
	for _, l := range all {
		by[l.UnitID] = append(by[l.UnitID], l)
	}
	list := make([]UnitLeaders, 0, len(rows))
	for _, r := range rows {
		list = append(list, UnitLeaders{UnitID: r.UnitID, Name: r.Name, Above: r.Above, Block: r.Block, Leaders: by[r.UnitID]})
		delete(by, r.UnitID)
	}
	above := make([]UnitLeaders, 0, len(by)+len(list)) // of units above those that the contest invites
	for id, leaders := range by {
		u, _ := view.Unit(id)
		above = append(above, UnitLeaders{UnitID: id, Name: u.Name, Leaders: leaders})
	}
	unit.SortBy(above, func(l UnitLeaders) string { return l.Name })
	return append(above, list...), nil
}

// Invite lets a person act for a unit. Without a name the account is the unit's own; without a login one is made.
func (s *Service) Invite(ctx context.Context, contestID, unitID int64, name, login string) (Invitation, error) {
	u, err := s.Units.Get(ctx, unitID)
	if err != nil && !fault.IsKind(err, fault.NotFound) {
		return Invitation{}, err
	}
	if err != nil {
		return Invitation{}, unitNotThere.At("unit_id", unitNotThere.Vi, unitNotThere.En)
	}
	return s.invite(ctx, contestID, u, unit.CleanName(name), login)
}

func (s *Service) invite(ctx context.Context, contestID int64, u unit.Unit, name, login string) (Invitation, error) {
	if login == "" {
		var err error
		if login, err = s.Accounts.FreeLogin(ctx, loginOf(u.Name), u.ID); err != nil {
			return Invitation{}, err
		}
	}
	if name == "" {
		name = "Phụ trách " + u.Name
		if r := []rune(name); len(r) > 120 {
			name = string(r[:120])
		}
	}
	person, token, err := s.Accounts.InviteLeader(ctx, contestID, u.ID, login, name)
	return Invitation{AccountID: person.ID, UnitID: u.ID, UnitName: u.Name, Name: person.Name, Login: person.Login, Token: token}, err
}

// InviteUnits makes one account for each of the units, or for each that nobody acts for yet (none given): one link a unit.
func (s *Service) InviteUnits(ctx context.Context, contestID int64, unitIDs []int64) ([]Invitation, error) {
	list, err := s.Leaders(ctx, contestID)
	if err != nil {
		return nil, err
	}
	if len(list) > maxInvited || len(unitIDs) > maxInvited {
		return nil, tooManyInvited
	}
	var out []Invitation
	for _, l := range list {
		if len(unitIDs) == 0 && len(l.Leaders) > 0 || len(unitIDs) > 0 && !slices.Contains(unitIDs, l.UnitID) {
			continue
		}
		made, err := s.invite(ctx, contestID, unit.Unit{ID: l.UnitID, Name: l.Name}, "", "")
		if err != nil {
			return out, err
		}
		out = append(out, made)
	}
	return out, nil
}

// InviteList reads leaders from a spreadsheet (unit, name, phone or e-mail), and with do invites them. A line that is not
// right keeps no other from being invited.
func (s *Service) InviteList(ctx context.Context, contestID int64, data []byte, do bool) ([]Invited, error) {
	list, err := s.Leaders(ctx, contestID)
	if err != nil {
		return nil, err
	}
	sheets, err := export.ReadSheets(data, maxInvited, 40, 1)
	if err != nil {
		return nil, err
	}
	if len(sheets) == 0 {
		return nil, leadersNoHeader
	}
	byName := map[string]UnitLeaders{}
	for _, l := range list {
		byName[unit.SameKey(l.Name)] = l
	}
	table := sheet.Table(sheets[0])
	layout := sheet.Propose(table, leaderColumns)
	at := layout.At()
	if _, ok := at["unit"]; !ok || layout.Head < 0 {
		return nil, leadersNoHeader
	}
	cell := func(row export.Row, field string) string {
		if column, ok := at[field]; ok {
			return row.Cell(column)
		}
		return ""
	}
	var out []Invited
	for _, row := range table.Rows[layout.First:] {
		wish := cell(row, "unit")
		if wish == "" {
			continue
		}
		line := Invited{Row: row.Number, Invitation: Invitation{UnitName: unit.CleanName(wish), Name: unit.CleanName(cell(row, "name")), Login: account.NormalLogin(cell(row, "login"))}}
		if phone := sheet.Plain(cell(row, "phone")); line.Login == "" && phone != "" {
			if line.Login = cleanPhone(phone); !sheet.IsPhone(phone) {
				line.Vi, line.En = fmt.Sprintf("Số điện thoại “%s” chưa đúng.", phone), fmt.Sprintf("The phone number “%s” is not right.", phone)
			}
		}
		if mail := cell(row, "email"); line.Login == "" && mail != "" {
			line.Login = account.NormalLogin(mail)
		}
		l, known := byName[unit.SameKey(wish)]
		if !known {
			line.Vi, line.En = "Không có đơn vị này trong hội thi.", "The contest does not have this unit."
		}
		line.UnitID = l.UnitID
		if line.Vi == "" && line.Login != "" {
			if f := fault.From(account.CheckPerson(line.Login, orName(line.Name, l.Name))); f != nil {
				line.Vi, line.En = f.Vi, f.En
			}
		}
		if do && line.Vi == "" {
			made, err := s.invite(ctx, contestID, unit.Unit{ID: l.UnitID, Name: l.Name}, line.Name, line.Login)
			if f := fault.From(err); f != nil {
				line.Vi, line.En = f.Vi, f.En
			} else {
				line.Invitation = made
			}
		}
		out = append(out, line)
	}
	return out, nil
}

func orName(name, unitName string) string {
	if name != "" {
		return name
	}
	return "Phụ trách " + unitName
}

func cleanPhone(s string) string {
	digits := make([]rune, 0, 12)
	for _, r := range s {
		if r >= '0' && r <= '9' {
			digits = append(digits, r)
		}
	}
	switch {
	case len(digits) == 9:
		return "0" + string(digits)
	case len(digits) == 11 && digits[0] == '8':
		return "0" + string(digits[2:])
	}
	return string(digits)
}

// leaderColumns are those of a list of leaders.
var leaderColumns = []sheet.Field{
	{Key: "unit", Kind: sheet.Text, Lead: true, Titles: []string{"don vi", "ten don vi", "unit", "xa phuong", "phuong xa"}, Parts: []string{"don vi", "co quan", "doan"}},
	{Key: "name", Kind: sheet.Person, Titles: []string{"ho va ten", "ho ten", "nguoi phu trach", "phu trach", "can bo phu trach", "name", "full name"}, Parts: []string{"ho ten", "ho va ten", "phu trach"}},
	{Key: "login", Kind: sheet.Text, Titles: []string{"ten dang nhap", "login"}},
	{Key: "phone", Kind: sheet.Phone, Titles: []string{"so dien thoai", "dien thoai", "sdt", "phone", "zalo"}, Parts: []string{"dien thoai", "sdt", "zalo"}},
	{Key: "email", Kind: sheet.Email, Titles: []string{"email", "e mail"}, Parts: []string{"mail"}},
	{Key: sheet.Ignored, Kind: sheet.Text, Titles: []string{"stt", "tt", "ghi chu"}},
}

// Dismiss ends an account's acting for a unit.
func (s *Service) Dismiss(ctx context.Context, contestID, unitID, accountID int64) error {
	return s.Accounts.DismissLeader(ctx, contestID, unitID, accountID)
}
