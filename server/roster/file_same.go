package roster

import (
	"context"
	"slices"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
	"github.com/hoithi/hoithi/server/unit"
)

// thereDraft is an entry or a registration that may be the one a row means.
type thereDraft struct {
	entryID, registrationID int64
	number                  string
	draft                   Draft
}

// thereBefore are those that the rows of a file may mean, by their same-key.
type thereBefore struct {
	keys  [][]string // of the file's entries, each with its own first
	byKey map[string][]thereDraft
}

// thereAlready finds the entries and waiting registrations that a file's rows may mean.
func (s *Service) thereAlready(ctx context.Context, q *rosterdb.Queries, c contest.Contest, rules Rules, f *File) (thereBefore, error) {
	t := thereBefore{keys: make([][]string, len(f.Entries)), byKey: map[string][]thereDraft{}}
	tree, err := s.units.Tree(ctx)
	if err != nil {
		return t, err
	}
	var all []string
	for i, e := range f.Entries {
		u := unit.Unit{ID: e.Draft.UnitID, Name: e.UnitName()} // place has found it
		t.keys[i] = e.Draft.sameKeys(rules.Kind, tree, u)
		all = append(all, t.keys[i]...)
	}
	entries, err := q.SameEntries(ctx, rosterdb.SameEntriesParams{ContestID: c.ID, SameKeys: all})
	if err != nil {
		return t, err
	}
	ids := make([]int64, len(entries))
	for i, row := range entries {
		ids[i] = row.ID
	}
	people, err := s.membersOf(ctx, q, c.ID, ids)
	if err != nil {
		return t, err
	}
	for _, row := range entries {
		t.byKey[row.SameKey] = append(t.byKey[row.SameKey], thereDraft{entryID: row.ID, number: NumberText(int(row.Number)),
			draft: Draft{Phone: row.Phone, Email: row.Email, Members: people[row.ID]}})
	}
	registrations, err := q.SameRegistrations(ctx, rosterdb.SameRegistrationsParams{ContestID: c.ID, SameKeys: all})
	if err != nil {
		return t, err
	}
	ids = make([]int64, len(registrations))
	for i, row := range registrations {
		ids[i] = row.ID
	}
	if people, err = s.registrantsOf(ctx, q, c.ID, ids); err != nil {
		return t, err
	}
	for _, row := range registrations {
		t.byKey[row.SameKey] = append(t.byKey[row.SameKey], thereDraft{registrationID: row.ID,
			draft: Draft{Phone: row.Phone, Email: row.Email, Members: people[row.ID]}})
	}
	return t, nil
}

// samePerson tells whether two drafts of one name and unit can mean the same entry: what both know does not differ. Of a
// person the birth date parts two people of one name like the phone number does.
func samePerson(a, b Draft) bool {
	if len(a.Members) == 1 && len(b.Members) == 1 {
		x, y := a.Members[0], b.Members[0]
		if x.Citizen != "" && y.Citizen != "" {
			return x.Citizen == y.Citizen
		}
		if x.BirthDate != "" && y.BirthDate != "" {
			return x.BirthDate == y.BirthDate
		}
	}
	return samePhone(a.Phone, b.Phone)
}

// under are those that stand under any of some keys.
func (t thereBefore) under(keys []string) []thereDraft {
	var all []thereDraft
	for _, key := range keys {
		all = append(all, t.byKey[key]...)
	}
	return all
}

// compare says whether a row of a file is there already. What the file knows beyond what is there changes a waiting
// registration of a leader's units, or for an organizer the entry itself; it never takes anything away.
func (t thereBefore) compare(e *FileEntry, keys []string, rules Rules, led *Led) {
	for _, old := range t.under(keys) {
		if !samePerson(e.Draft, old.draft) {
			continue
		}
		merged, more := fuller(old.draft, e.Draft, rules)
		e.Number = old.number
		switch {
		case more && (led == nil) == (old.entryID != 0):
			e.Status, e.EntryID, e.RegistrationID = FileUpdated, old.entryID, old.registrationID
			merged.Name, merged.UnitID, merged.UnitName, merged.DivisionID = e.Draft.Name, e.Draft.UnitID, e.Draft.UnitName, e.Draft.DivisionID
			e.Draft = merged
			if old.number != "" {
				e.warn("Đã có với số báo danh "+old.number+": sẽ được bổ sung thông tin từ tệp.", "Is there with candidate number "+old.number+": what the file adds is taken.")
			} else {
				e.warn("Đã đăng ký và đang chờ duyệt: sẽ được bổ sung thông tin từ tệp.", "Is registered and waiting: what the file adds is taken.")
			}
		case old.entryID != 0 && more:
			e.Status = FileDuplicate
			e.warn("Đã được duyệt với số báo danh "+old.number+". Thông tin khác trong tệp không được nhận: hãy gửi đề nghị thay đổi.",
				"Was approved with candidate number "+old.number+". What differs in the file is not taken: ask for a change.")
		case old.entryID != 0:
			e.Status = FileDuplicate
			e.warn("Đã có trong danh sách với số báo danh "+old.number+": không thêm lần nữa.", "Is in the list already with candidate number "+old.number+": not added again.")
		case led == nil:
			e.Status = FileDuplicate
			e.warn("Đã tự đăng ký và đang chờ duyệt: hãy duyệt đăng ký đó.", "Has registered and is waiting: approve that registration.")
		default:
			e.Status = FileDuplicate
			e.warn("Đã đăng ký và đang chờ duyệt: không gửi lần nữa.", "Is registered and waiting: not sent again.")
		}
		return
	}
}

// fuller is what is there with what the file knows besides; more: the file does know something.
func fuller(old, file Draft, rules Rules) (Draft, bool) {
	out, more := old, false
	take := func(to *string, value string) {
		if value != "" && *to != value {
			*to, more = value, true
		}
	}
	take(&out.Phone, file.Phone)
	take(&out.Email, file.Email)
	out.Members = slices.Clone(old.Members)
	for _, m := range file.Members {
		i := slices.IndexFunc(out.Members, func(x Member) bool { return unit.WordsKey(x.Name) == unit.WordsKey(m.Name) })
		if i < 0 {
			out.Members, more = append(out.Members, m), true
			continue
		}
		to := &out.Members[i]
		for _, f := range rules.Asked() {
			if value := m.Get(f.Key); value != "" && to.Get(f.Key) != value {
				to.Set(f.Key, value)
				more = true
			}
		}
	}
	return out, more
}

// UnitName is the name of the unit that the entry belongs to.
func (e FileEntry) UnitName() string {
	if e.unitName != "" {
		return e.unitName
	}
	return e.Draft.UnitName
}
