package demo

import (
	"fmt"
	"strings"

	"github.com/hoithi/hoithi/server/unit"
)

// The tree of units is that of an invented province, as such trees were rearranged in 2025: in March departments were
// merged, on 1 July the district level ended, the communes were merged and came directly under the province.
const (
	march       unit.Day = "2025-03-01"
	july        unit.Day = "2025-07-01"
	marchGround          = "Nghị quyết sắp xếp các cơ quan chuyên môn của tỉnh (ví dụ)"
	julyGround           = "Nghị quyết sắp xếp đơn vị hành chính cấp xã năm 2025 (ví dụ)"
)

// districts are those that ended in July 2025, each with the word that its communes' names begin with.
var districts = []struct{ name, word, heart string }{
	{"Thành phố Lam Thành", "Lam", "Phường Lam Thành"}, {"Thị xã Bình Sơn", "Bình", "Phường Bình Sơn"}, {"Thị xã Cửa Lam", "Hải", "Phường Cửa Lam"},
	{"Huyện Xuân Thọ", "Xuân", "Xã Xuân Thọ"}, {"Huyện Nga Hải", "Nga", "Xã Nga Hải"}, {"Huyện Thạch Lâm", "Thạch", "Xã Thạch Lâm"},
	{"Huyện Mường Khê", "Mường", "Xã Mường Khê"}, {"Huyện Trường Phú", "Phú", "Xã Trường Phú"}, {"Huyện Yên Hòa", "Yên", "Xã Yên Hòa"},
	{"Huyện Quảng Đông", "Quảng", "Xã Quảng Đông"},
}

// endings follow the word of the district; those of one row became one commune.
var endings = [][]string{{"An", "Lộc", "Phong"}, {"Tiến", "Hưng", "Thịnh"}, {"Trung", "Tân", "Phúc"}, {"Thủy", "Giang"}, {"Lĩnh", "Sơn"}, {"Châu", "Vinh"}}

type grove struct {
	histories  []unit.History
	successors []unit.Successor
	counts     []unit.Count
}

// plant adds a unit that was there before anything was recorded, or from a day on.
func (g *grove) plant(code, name, short string, kind unit.Kind, parent int64, from unit.Day, ground string) int64 {
	id := int64(len(g.histories) + 1)
	g.histories = append(g.histories, unit.History{ID: id, Code: code, Periods: []unit.Period{{From: from, Name: name, ShortName: short, Kind: kind,
		ParentID: parent, Ground: ground}}})
	return id
}

func (g *grove) last(id int64) *unit.Period {
	periods := g.histories[id-1].Periods
	return &periods[len(periods)-1]
}

// end closes a unit; whoever goes on with it is named.
func (g *grove) end(id int64, day unit.Day, ground string, heirs ...int64) {
	g.last(id).To, g.last(id).EndGround = day, ground
	for _, heir := range heirs {
		g.successors = append(g.successors, unit.Successor{UnitID: id, SuccessorID: heir, Since: day})
	}
}

// turn begins a new period of a unit.
func (g *grove) turn(id int64, day unit.Day, ground string, change func(*unit.Period)) {
	g.last(id).To = day
	next := *g.last(id)
	next.From, next.To, next.Ground = day, "", ground
	change(&next)
	g.histories[id-1].Periods = append(g.histories[id-1].Periods, next)
}

// count makes up a number of members that is the same each time.
func (g *grove) count(id int64, day unit.Day, least, spread int) {
	h := (uint64(id)*2654435761 + uint64(day[3])*40503) >> 7
	n := least + int(h%uint64(spread))
	g.counts = append(g.counts, unit.Count{UnitID: id, Day: day, Members: n, Staff: 1 + n/60})
}

// Units is the demo's tree over time with its headcounts. rearranged: with what happened in 2025; else as it was before.
func Units(rearranged bool) (unit.Tree, []unit.Count) {
	g := &grove{}
	province := g.plant("LG", "Tỉnh Lam Giang", "", unit.KindProvince, 0, unit.Always, "")
	communes := g.districts(province)
	offices := g.offices(province)
	border := g.others(province)
	if rearranged {
		g.march(offices)
		g.july(province, communes, border)
	}
	return unit.NewTree(g.histories, g.successors), g.counts
}

// districts adds the districts with their communes, and gives those by district and group.
func (g *grove) districts(province int64) (communes [][][]int64) {
	for i, d := range districts {
		district := g.plant(fmt.Sprintf("LG-H%02d", i+1), d.name, "", unit.KindDistrict, province, unit.Always, "")
		var groups [][]int64
		n := 0
		for row, names := range endings {
			var group []int64
			for column, ending := range names {
				form := "Xã "
				if strings.HasPrefix(d.heart, "Phường") {
					form = "Phường "
				} else if row == 0 && column == 0 {
					form = "Thị trấn "
				}
				n++
				id := g.plant(fmt.Sprintf("LG-X%02d%02d", i+1, n), form+d.word+" "+ending, "", unit.KindCommune, district, unit.Always, "")
				g.count(id, "2024-12-31", 60, 180)
				group = append(group, id)
			}
			groups = append(groups, group)
		}
		communes = append(communes, groups)
	}
	return communes
}

// offices adds the departments of the province.
func (g *grove) offices(province int64) map[string]int64 {
	block := g.plant("LG-CQ", "Đoàn Khối các cơ quan tỉnh", "Khối cơ quan", unit.KindAgency, province, unit.Always, "")
	of := map[string]int64{}
	for i, name := range []string{"Sở Nội vụ", "Sở Tư pháp", "Sở Tài chính", "Sở Kế hoạch và Đầu tư", "Sở Xây dựng", "Sở Giao thông vận tải",
		"Sở Khoa học và Công nghệ", "Sở Thông tin và Truyền thông", "Sở Nông nghiệp và Phát triển nông thôn", "Sở Tài nguyên và Môi trường",
		"Sở Lao động, Thương binh và Xã hội", "Sở Công Thương", "Sở Giáo dục và Đào tạo", "Sở Y tế", "Sở Văn hóa, Thể thao và Du lịch",
		"Văn phòng UBND tỉnh", "Thanh tra tỉnh", "Tòa án nhân dân tỉnh", "Viện Kiểm sát nhân dân tỉnh", "Kho bạc Nhà nước tỉnh"} {
		of[name] = g.plant(fmt.Sprintf("LG-S%02d", i+1), name, "", unit.KindAgency, block, unit.Always, "")
		g.count(of[name], "2024-12-31", 25, 60)
	}
	return of
}

// others adds enterprises, forces and schools, and gives the border guard.
func (g *grove) others(province int64) (border int64) {
	council := g.plant("LG-UB", "UBND tỉnh", "", unit.KindAgency, province, unit.Always, "")
	g.count(council, "2025-12-31", 80, 40)
	block := g.plant("LG-DN", "Đoàn Khối doanh nghiệp tỉnh", "Khối doanh nghiệp", unit.KindEnterprise, province, unit.Always, "")
	for i, name := range []string{"Công ty Điện lực Lam Giang", "Công ty Cấp nước Lam Giang", "Công ty Môi trường đô thị Lam Thành", "Công ty Mía đường Xuân Thọ",
		"Công ty Xi măng Bình Sơn", "Công ty Cảng Cửa Lam", "Công ty May Nga Hải", "Công ty Giày Trường Phú", "Bưu điện tỉnh", "Viễn thông Lam Giang",
		"Ngân hàng Nông nghiệp chi nhánh Lam Giang", "Công ty Lâm nghiệp Mường Khê"} {
		id := g.plant(fmt.Sprintf("LG-D%02d", i+1), name, "", unit.KindEnterprise, block, unit.Always, "")
		g.count(id, "2025-12-31", 40, 260)
	}
	g.count(g.plant("LG-CA", "Công an tỉnh", "", unit.KindForce, province, unit.Always, ""), "2025-12-31", 900, 300)
	g.count(g.plant("LG-QS", "Bộ Chỉ huy Quân sự tỉnh", "Bộ CHQS tỉnh", unit.KindForce, province, unit.Always, ""), "2025-12-31", 500, 200)
	border = g.plant("LG-BP", "Bộ Chỉ huy Bộ đội Biên phòng tỉnh", "BĐBP tỉnh", unit.KindForce, province, unit.Always, "")
	g.count(border, "2024-12-31", 300, 100)
	for i, name := range []string{"Đại học Lam Giang", "Trường Cao đẳng Y tế Lam Giang", "Trường Cao đẳng Kỹ thuật công nghiệp Lam Giang"} {
		g.count(g.plant(fmt.Sprintf("LG-T%02d", i+1), name, "", unit.KindSchool, province, unit.Always, ""), "2025-12-31", 1200, 6000)
	}
	for i, d := range districts {
		place := d.heart[strings.IndexByte(d.heart, ' ')+1:]
		g.count(g.plant(fmt.Sprintf("LG-P%02d", i+1), "Trường THPT "+place, "", unit.KindSchool, province, unit.Always, ""), "2025-12-31", 700, 500)
	}
	return border
}

// march merges departments, as they were merged everywhere in March 2025.
func (g *grove) march(of map[string]int64) {
	for _, merger := range [][]string{{"Sở Nội vụ", "Sở Lao động, Thương binh và Xã hội"}, {"Sở Tài chính", "Sở Kế hoạch và Đầu tư"}, {"Sở Xây dựng", "Sở Giao thông vận tải"},
		{"Sở Khoa học và Công nghệ", "Sở Thông tin và Truyền thông"}} {
		g.end(of[merger[1]], march, marchGround, of[merger[0]])
		g.count(of[merger[0]], "2025-12-31", 50, 60)
	}
	farm, land := of["Sở Nông nghiệp và Phát triển nông thôn"], of["Sở Tài nguyên và Môi trường"]
	heir := g.plant("LG-S21", "Sở Nông nghiệp và Môi trường", "", unit.KindAgency, g.last(farm).ParentID, march, marchGround)
	g.end(farm, march, marchGround, heir)
	g.end(land, march, marchGround, heir)
	g.count(heir, "2025-12-31", 70, 60)
}

// july ends the district level: of each group of communes one is made, directly under the province.
func (g *grove) july(province int64, communes [][][]int64, border int64) {
	for i, groups := range communes {
		for row, group := range groups {
			if row == 0 { // the district's heart becomes a new unit that bears its name
				heir := g.plant(fmt.Sprintf("LG-X%02d90", i+1), districts[i].heart, "", unit.KindCommune, province, july, julyGround)
				for _, id := range group {
					g.end(id, july, julyGround, heir)
				}
				g.count(heir, "2025-12-31", 300, 240)
				continue
			}
			for _, id := range group[1:] {
				g.end(id, july, julyGround, group[0])
			}
			g.turn(group[0], july, julyGround, func(p *unit.Period) { p.ParentID = province })
			g.count(group[0], "2025-12-31", 200, 240)
		}
	}
	for i := range g.histories { // the districts stand right below the province and have no successor
		if h := &g.histories[i]; h.Periods[0].Kind == unit.KindDistrict {
			h.Periods[0].To, h.Periods[0].EndGround = july, julyGround
		}
	}
	army := int64(0)
	for _, h := range g.histories {
		if h.Code == "LG-QS" {
			army = h.ID
		}
	}
	g.turn(border, july, julyGround, func(p *unit.Period) {
		p.Name, p.ShortName, p.ParentID = "Ban Chỉ huy Bộ đội Biên phòng", "BĐBP", army
	})
}
