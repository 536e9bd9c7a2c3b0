package unit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Count is how many people a unit had on a day; below zero: not counted.
type Count struct {
	UnitID  int64 `json:"unit_id"`
	Day     Day   `json:"day"`
	Members int   `json:"members"`
	Staff   int   `json:"staff"`
}

// taking puts a file into a tree.
type taking struct {
	old, tree Tree
	file      *File
	counts    map[Count]bool // what is stored already
	byCode    map[string]int64
	byName    map[string][]int64 // SameKey of every name a unit has or had
	rows      map[int64][]int    // the rows of each unit of the file
	fresh     int64
}

// Take puts the rows of a file into the tree: rows that are right become periods, counts and successors; the others say
// what is wrong with them, and so does every row that depends on one of them. The same file once more changes nothing.
// counts are those that are stored; today is the day for which a count without a day stands.
func (t Tree) Take(file *File, counts []Count, today Day) (Tree, []Count) {
	k := &taking{old: t, file: file, counts: map[Count]bool{}, rows: map[int64][]int{}}
	for _, c := range counts {
		k.counts[c] = true
	}
	k.identify()
	for range len(file.Rows) + 1 { // each round refuses at least one more row, or is the last
		k.build()
		if !k.judge() {
			break
		}
	}
	return k.tree, k.finish(today)
}

// identify finds for each row the unit that it speaks of: one of the tree, by code or name, or a new one.
func (k *taking) identify() {
	k.byCode, k.byName = map[string]int64{}, map[string][]int64{}
	for _, id := range k.old.IDs() {
		h := k.old.units[id]
		if h.Code != "" {
			k.byCode[strings.ToUpper(h.Code)] = id
		}
		for _, p := range h.Periods {
			k.name(p.Name, id)
		}
	}
	for i := range k.file.Rows {
		r := &k.file.Rows[i]
		switch {
		case r.Code != "":
			key := strings.ToUpper(r.Code)
			id, ok := k.byCode[key]
			if !ok {
				if r.Name == "" {
					r.refuse(k.title(colCode), fmt.Sprintf("Không có đơn vị nào mang mã “%s”.", r.Code), fmt.Sprintf("No unit has the code “%s”.", r.Code))
					continue
				}
				id = k.newUnit()
				k.byCode[key] = id
			}
			r.unit = id
			if r.Name != "" {
				k.name(r.Name, id)
			}
		case r.Name != "":
			k.byItsName(r)
		}
		k.rows[r.unit] = append(k.rows[r.unit], i)
	}
}

func (k *taking) newUnit() int64 {
	k.fresh--
	return k.fresh
}

func (k *taking) name(name string, id int64) {
	key := SameKey(name)
	if !slices.Contains(k.byName[key], id) {
		k.byName[key] = append(k.byName[key], id)
	}
}

// byItsName finds the unit of a row without a code: one of that name, under that parent if several have the name.
func (k *taking) byItsName(r *FileRow) {
	var found []int64
	parent := SameKey(cmp.Or(r.Parent, r.ParentCode))
	for _, id := range k.byName[SameKey(r.Name)] {
		if id < 0 { // a new one of this file
			first := k.file.Rows[k.rows[id][0]]
			if SameKey(cmp.Or(first.Parent, first.ParentCode)) == parent || !r.hasParent {
				found = append(found, id)
			}
			continue
		}
		if !r.hasParent || k.stoodUnder(id, parent, r) {
			found = append(found, id)
		}
	}
	switch len(found) {
	case 0:
		r.unit = k.newUnit()
		k.name(r.Name, r.unit)
	case 1:
		r.unit = found[0]
	default:
		r.refuse(k.title(colName), fmt.Sprintf("Có %d đơn vị tên “%s”. Hãy ghi thêm mã đơn vị.", len(found), clip(r.Name)),
			fmt.Sprintf("%d units are called “%s”. Give the unit's code.", len(found), clip(r.Name)))
	}
}

// stoodUnder tells whether a unit, when it was called as the row says, stood under that parent.
func (k *taking) stoodUnder(id int64, parent string, r *FileRow) bool {
	for _, p := range k.old.units[id].Periods {
		if SameKey(p.Name) != SameKey(r.Name) {
			continue
		}
		up := k.old.units[p.ParentID]
		if parent == "" && p.ParentID == 0 || parent != "" && (SameKey(up.Near(p.From).Name) == parent || SameKey(up.Code) == parent) {
			return true
		}
	}
	return false
}

func (k *taking) title(c column) string { return k.file.titles[c] }

// build puts what is right so far into a fresh copy of the tree.
func (k *taking) build() {
	k.tree = k.old.copied()
	good := func(id int64) bool {
		return id != 0 && !slices.ContainsFunc(k.rows[id], func(i int) bool { return k.file.Rows[i].refusing })
	}
	ids := make([]int64, 0, len(k.rows))
	for id := range k.rows {
		if good(id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	slices.Reverse(ids)
	for _, id := range ids { // so that parents and successors are known whatever the order of the rows
		if _, ok := k.tree.units[id]; !ok {
			k.tree.units[id] = History{ID: id, Code: k.file.Rows[k.rows[id][0]].Code}
		}
	}
	for _, id := range ids {
		rows := slices.Clone(k.rows[id])
		slices.SortStableFunc(rows, func(a, b int) int { return cmp.Compare(k.file.Rows[a].From, k.file.Rows[b].From) })
		for _, i := range rows {
			if r := &k.file.Rows[i]; r.Name != "" {
				k.period(r)
			}
		}
	}
	for _, id := range ids {
		for _, i := range k.rows[id] {
			k.successors(&k.file.Rows[i])
		}
	}
}

// period puts one row into the history of its unit.
func (k *taking) period(r *FileRow) {
	h := k.tree.units[r.unit]
	parent, ok := k.parent(r, h)
	if !ok {
		return
	}
	next := Period{From: r.From, To: r.To, Name: r.Name, ShortName: r.Short, Kind: r.Kind, ParentID: parent, Ground: r.Ground, EndGround: r.EndGround}
	if next.From == "" {
		if next, ok = k.undated(r, h, next); !ok {
			return
		}
	}
	h.Periods = slices.Clone(h.Periods)
	i, found := slices.BinarySearchFunc(h.Periods, next.From, func(p Period, from Day) int { return cmp.Compare(p.From, from) })
	if found {
		next = filled(next, h.Periods[i])
		h.Periods[i] = next
		k.tree.units[r.unit] = h
		return
	}
	if next.To == "" && i < len(h.Periods) {
		next.To = h.Periods[i].From
	}
	if i > 0 && h.Periods[i-1].To.until(next.From) {
		cut := &h.Periods[i-1]
		next.To, next.EndGround = cmp.Or(next.To, cut.To), cmp.Or(next.EndGround, cut.EndGround)
		cut.To, cut.EndGround = next.From, ""
	}
	h.Periods = slices.Insert(h.Periods, i, next)
	k.tree.units[r.unit] = h
}

// filled keeps of a period what the file says nothing about.
func filled(next, old Period) Period {
	next.To = cmp.Or(next.To, old.To)
	next.ShortName = cmp.Or(next.ShortName, old.ShortName)
	next.Ground = cmp.Or(next.Ground, old.Ground)
	next.EndGround = cmp.Or(next.EndGround, old.EndGround)
	return next
}

// undated finds what a row without a beginning means: a new unit that was always there, or a period that is there.
func (k *taking) undated(r *FileRow, h History, next Period) (Period, bool) {
	if len(h.Periods) == 0 {
		next.From = Always
		return next, true
	}
	for _, p := range h.Periods {
		if p.Name == next.Name && p.ParentID == next.ParentID && p.Kind == next.Kind {
			next.From = p.From
			return next, true
		}
	}
	if only := h.Periods[0]; len(h.Periods) == 1 {
		next.From = only.From
		if only.Name != next.Name {
			r.note(k.title(colName), fmt.Sprintf("Sửa tên “%s” đã ghi. Nếu là đổi tên, hãy ghi “Từ ngày”.", clip(only.Name)),
				fmt.Sprintf("Corrects the name “%s”. If it was renamed, give the day.", clip(only.Name)))
		}
		if only.ParentID != next.ParentID {
			r.note(k.title(colParent), "Sửa đơn vị cấp trên đã ghi. Nếu là chuyển cấp trên, hãy ghi “Từ ngày”.", "Corrects the parent. If the unit was moved, give the day.")
		}
		return next, true
	}
	r.refuse(k.title(colFrom), "Đơn vị này đã qua nhiều giai đoạn: hãy ghi “Từ ngày” để biết dòng này nói về giai đoạn nào.",
		"This unit has several periods: give the day from which this row holds.")
	return next, false
}

// parent finds the parent that a row names.
func (k *taking) parent(r *FileRow, h History) (int64, bool) {
	if !r.hasParent {
		return h.Near(cmp.Or(r.From, "9999-12-31")).ParentID, true
	}
	if r.ParentCode == "" && r.Parent == "" {
		return 0, true
	}
	if r.ParentCode != "" {
		if id, ok := k.byCode[strings.ToUpper(r.ParentCode)]; ok {
			return id, k.usable(r, id, colParentCode)
		}
		r.refuse(k.title(colParentCode), fmt.Sprintf("Không có đơn vị nào mang mã “%s”.", clip(r.ParentCode)), fmt.Sprintf("No unit has the code “%s”.", clip(r.ParentCode)))
		return 0, false
	}
	id, ok := k.named(r, r.Parent, colParent, r.From)
	return id, ok && k.usable(r, id, colParent)
}

// usable refuses a row that hangs on a unit whose own rows are wrong.
func (k *taking) usable(r *FileRow, id int64, c column) bool {
	if _, ok := k.tree.units[id]; ok || id >= 0 {
		return true
	}
	number := k.file.Rows[k.rows[id][0]].Number
	r.refuse(k.title(c), fmt.Sprintf("Phụ thuộc dòng %d đang có lỗi: sửa dòng đó trước.", number), fmt.Sprintf("Depends on row %d, which is not right yet.", number))
	return false
}

// named finds a unit by its code or name; of several of one name the one that is there on the day.
func (k *taking) named(r *FileRow, text string, c column, day Day) (int64, bool) {
	if id, ok := k.byCode[strings.ToUpper(text)]; ok {
		return id, true
	}
	found := slices.DeleteFunc(slices.Clone(k.byName[SameKey(text)]), func(id int64) bool { return id == r.unit })
	if len(found) > 1 {
		there := slices.DeleteFunc(slices.Clone(found), func(id int64) bool {
			if id < 0 {
				return !slices.ContainsFunc(k.rows[id], func(i int) bool {
					x := k.file.Rows[i]
					return SameKey(x.Name) == SameKey(text) && x.From <= cmp.Or(day, Always) && x.To.until(cmp.Or(day, Always))
				})
			}
			p, ok := k.old.units[id].At(cmp.Or(day, Always))
			return !ok || SameKey(p.Name) != SameKey(text)
		})
		if len(there) == 1 {
			found = there
		}
	}
	switch len(found) {
	case 1:
		return found[0], true
	case 0:
		r.refuse(k.title(c), fmt.Sprintf("Không tìm thấy đơn vị “%s” trong hệ thống hay trong tệp.", clip(text)), fmt.Sprintf("There is no unit “%s”, neither here nor in the file.", clip(text)))
	default:
		r.refuse(k.title(c), fmt.Sprintf("Có %d đơn vị tên “%s”. Hãy ghi mã thay cho tên.", len(found), clip(text)), fmt.Sprintf("%d units are called “%s”. Write the code instead.", len(found), clip(text)))
	}
	return 0, false
}

func (k *taking) successors(r *FileRow) {
	for _, s := range r.Successors {
		since := cmp.Or(s.since, r.To)
		id, ok := k.named(r, s.ref, colSuccessor, since)
		if !ok || !k.usable(r, id, colSuccessor) {
			continue
		}
		link := Successor{UnitID: r.unit, SuccessorID: id, Since: since}
		if !slices.Contains(k.tree.successors, link) {
			k.tree.successors = append(k.tree.successors, link)
		}
	}
}

// judge marks the rows behind what is wrong with the tree that was built; it tells whether it must be built again.
func (k *taking) judge() bool {
	again := false
	for id, rows := range k.rows { // rows that building has refused
		if _, built := k.tree.units[id]; built && slices.ContainsFunc(rows, func(i int) bool { return k.file.Rows[i].refusing }) {
			again = again || id < 0 || !slices.Equal(k.tree.units[id].Periods, k.old.units[id].Periods)
		}
	}
	if again {
		return true
	}
	for _, flaw := range k.tree.Flaws() {
		vi, en := k.tree.words(flaw)
		id := flaw.UnitID
		if _, ours := k.rows[id]; !ours {
			id = flaw.OtherID
		}
		rows := k.rows[id]
		if len(rows) == 0 {
			continue
		}
		best := rows[0]
		for _, i := range rows {
			if k.file.Rows[i].From <= flaw.Day && k.file.Rows[i].Name != "" {
				best = i
			}
		}
		if r := &k.file.Rows[best]; !r.refusing {
			r.refuse("", vi, en)
			again = true
		}
	}
	return again
}

// finish says what becomes of each row, and gives the counts that are new.
func (k *taking) finish(today Day) []Count {
	var counts []Count
	for i := range k.file.Rows {
		r := &k.file.Rows[i]
		if slices.ContainsFunc(k.rows[r.unit], func(j int) bool { return k.file.Rows[j].refusing }) || r.refusing {
			if !r.refusing {
				j := k.rows[r.unit][slices.IndexFunc(k.rows[r.unit], func(j int) bool { return k.file.Rows[j].refusing })]
				r.refuse("", fmt.Sprintf("Cùng đơn vị với dòng %d đang có lỗi: sửa dòng đó trước.", k.file.Rows[j].Number),
					fmt.Sprintf("Belongs to the unit of row %d, which is not right yet.", k.file.Rows[j].Number))
			}
			r.Status = RowRefused
			continue
		}
		old, known := k.old.units[r.unit]
		r.Status = RowSame
		if !known {
			r.Status = RowNew
		} else if r.Name != "" && (!slices.Equal(old.Periods, k.tree.units[r.unit].Periods) || len(k.old.Successors(r.unit)) != len(k.tree.Successors(r.unit))) {
			r.Status = RowChanged
		}
		if r.Members < 0 && r.Staff < 0 {
			continue
		}
		c := Count{UnitID: r.unit, Day: cmp.Or(r.Counted, today), Members: r.Members, Staff: r.Staff}
		if k.counts[c] || r.Counted == "" && k.counted(c) {
			continue
		}
		counts = append(counts, c)
		if known && r.Status == RowSame {
			r.Status = RowChanged
		}
	}
	return counts
}

// counted tells whether these numbers are stored for the unit, of whatever day.
func (k *taking) counted(c Count) bool {
	for old := range k.counts {
		if old.UnitID == c.UnitID && old.Members == c.Members && old.Staff == c.Staff {
			return true
		}
	}
	return false
}
