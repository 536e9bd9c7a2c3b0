package app

import (
	"context"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/roster"
)

// demoRegistrations sets the demo's registration rules and lets a few latecomers register: one in order, one that waits
// in line because its unit has a team already, and a pair that seems to hold the same person.
func (a *App) demoRegistrations(ctx context.Context, c contest.Contest, entries []roster.Entry) error {
	rules, err := a.Roster.Rules(ctx, c.ID)
	if err != nil {
		return err
	}
	t := rules.Terms
	for i := range t.Fields {
		switch t.Fields[i].Key {
		case roster.KeyBirthDate, roster.KeyPosition:
			t.Fields[i].On = true
		}
	}
	t.Fields = append(t.Fields,
		roster.Field{Type: roster.TypeChoice, Vi: "Cỡ áo", En: "Shirt size", On: true, HelpVi: "Áo phát tại hội trường", HelpEn: "Handed out in the hall",
			Choices: []roster.Choice{{Vi: "S", En: "S"}, {Vi: "M", En: "M"}, {Vi: "L", En: "L"}, {Vi: "XL", En: "XL"}}},
		roster.Field{Type: roster.TypeYesNo, Vi: "Ăn chay", En: "Vegetarian", On: true})
	t.Quotas.UnitEntries, t.WaitingList, t.MoveUp, t.Eligibility.BarStaff = 1, true, true, true
	if _, err := a.Roster.SetTerms(ctx, c.ID, t); err != nil {
		return err
	}
	if err := a.Roster.InviteUnits(ctx, c.ID, []string{"Xã Tân Lập", "Xã Hòa Bình"}); err != nil {
		return err
	}
	var consents []roster.Consent
	for _, p := range roster.Purposes {
		consents = append(consents, roster.Consent{Purpose: p.Key, Version: p.Version, Given: true})
	}
	person := func(name, born, position, size string) roster.Member {
		return roster.Member{Name: name, Person: roster.Person{BirthDate: born, Position: position, Own: map[string]string{"own_1": size, "own_2": "no"}}}
	}
	drafts := []roster.Draft{
		{Name: "Đội Tân Lập số", UnitName: "Xã Tân Lập", Members: []roster.Member{person("Đỗ Khánh Chi", "12/03/1997", "Công chức Văn phòng", "M"),
			person("Lương Gia Bảo", "05/11/1995", "Bí thư Đoàn xã", "L"), person("Mai Thanh Tú", "30/06/2000", "Đoàn viên", "M"), person("Vũ Hải Nam", "18/09/1998", "Công chức Tư pháp", "XL")}},
		{Name: "Đội Hòa Bình trẻ", UnitName: "Xã Hòa Bình", Members: []roster.Member{person("Cao Thị Hạnh", "21/01/1996", "Phó Bí thư Đoàn xã", "S"),
			person("Đinh Công Tráng", "02/02/1994", "Công an xã", "L"), person("Mai Thanh Tú", "30/06/2000", "Đoàn viên", "M"), person("Hồ Ngọc Lan", "09/12/1999", "Giáo viên", "S")}},
		{Name: "Đội dự bị " + entries[0].UnitName, UnitID: entries[0].UnitID, Members: []roster.Member{person("Tạ Quang Huy", "14/04/1998", "Công chức Một cửa", "L"),
			person("Ngô Phương Thảo", "27/08/1997", "Công chức Địa chính", "M"), person("Bùi Anh Thư", "03/05/2001", "Đoàn viên", "S"), person("Kiều Văn Sơn", "19/10/1995", "Dân quân", "XL")}},
	}
	for _, d := range drafts {
		if _, err := a.Roster.Register(account.With(ctx, account.Principal{Locale: "vi"}), account.Principal{Locale: "vi"}, c.Slug, d, consents); err != nil {
			return err
		}
	}
	return nil
}
