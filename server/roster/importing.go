package roster

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
	"github.com/hoithi/hoithi/server/unit"
)

// Preview reads a file and says what would become of each row, without saving anything.
func (s *Service) Preview(ctx context.Context, contestID int64, data []byte) (File, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return File{}, err
	}
	if err := changeable(c); err != nil {
		return File{}, err
	}
	rules, err := s.rulesOf(ctx, s.q, c)
	if err != nil {
		return File{}, err
	}
	file, err := readWorkbook(data, rules)
	if err != nil {
		return File{}, err
	}
	return file, s.judge(ctx, s.q, c, rules, &file)
}

func readWorkbook(data []byte, rules Rules) (File, error) {
	rows, err := export.ReadWorkbook(data, maxFileRows, maxFileColumns)
	if err != nil {
		return File{}, err
	}
	return ReadFile(rows, rules)
}

// Import takes the good rows of a file: what Preview shows as new becomes entries, the rest is left and reported.
// The same file once more adds nothing.
func (s *Service) Import(ctx context.Context, contestID int64, data []byte) (File, []Entry, error) {
	var file File
	var entries []Entry
	err := s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		if err := changeable(c); err != nil {
			return err
		}
		rules, err := s.rulesOf(ctx, q, c)
		if err != nil {
			return err
		}
		if file, err = readWorkbook(data, rules); err != nil {
			return err
		}
		if err := s.judge(ctx, q, c, rules, &file); err != nil {
			return err
		}
		var drafts []weighed
		for _, e := range file.Entries {
			if e.Status == FileNew {
				drafts = append(drafts, weighed{Draft: e.Draft, Findings: e.Findings})
			}
		}
		if entries, err = s.enter(ctx, tx, q, c, rules, drafts, fromFile); err != nil || len(entries) == 0 {
			return err
		}
		return record(ctx, tx, contestID, "import", map[string]any{"entries": len(entries),
			"first": entries[0].Number, "last": entries[len(entries)-1].Number})
	})
	return file, entries, err
}

// judge finds the entries of a file that are there already, in the file or in the roster, and the units that are new.
func (s *Service) judge(ctx context.Context, q *rosterdb.Queries, c contest.Contest, rules Rules, file *File) error {
	kind := rules.Kind
	keys := make([]string, len(file.Entries))
	for i, e := range file.Entries {
		keys[i] = e.Draft.sameKey(kind, unit.SameKey(e.Draft.UnitName))
	}
	known, err := q.KnownSame(ctx, rosterdb.KnownSameParams{ContestID: c.ID, SameKeys: keys})
	if err != nil {
		return err
	}
	waiting, err := q.PendingSame(ctx, rosterdb.PendingSameParams{ContestID: c.ID, SameKeys: keys})
	if err != nil {
		return err
	}
	there := map[string][]rosterdb.KnownSameRow{}
	for _, k := range known {
		there[k.SameKey] = append(there[k.SameKey], k)
	}
	pending := map[string][]string{}
	for _, w := range waiting {
		pending[w.SameKey] = append(pending[w.SameKey], w.Phone)
	}
	seen := map[string][]int{}
	for i := range file.Entries {
		e := &file.Entries[i]
		if e.Status != FileNew {
			continue
		}
		sameAs(e, there[keys[i]], pending[keys[i]])
		for _, j := range seen[keys[i]] {
			if e.Status == FileNew {
				sameInFile(e, file.Entries[j])
			}
		}
		if e.Status == FileNew {
			seen[keys[i]] = append(seen[keys[i]], i)
		}
	}
	if err := s.weighFile(ctx, q, c, rules, file); err != nil {
		return err
	}
	return s.noteUnits(ctx, c.ID, file)
}

// weighFile says what the contest's rules find in the new entries of a file.
func (s *Service) weighFile(ctx context.Context, q *rosterdb.Queries, c contest.Contest, rules Rules, file *File) error {
	var drafts []weighed
	var at []int
	for i, e := range file.Entries {
		if e.Status == FileNew {
			drafts, at = append(drafts, weighed{Draft: e.Draft}), append(at, i)
		}
	}
	found, err := s.weigh(ctx, q, c, rules, drafts, false)
	if err != nil {
		return err
	}
	for i, list := range found {
		e := &file.Entries[at[i]]
		e.Findings = list
		for _, f := range list {
			if f.Severity == Refuse {
				e.Status = FileRefused
			}
			e.Problems = append(e.Problems, Problem{Row: e.FirstRow, Warning: f.Severity != Refuse, Vi: f.Vi, En: f.En})
		}
	}
	return nil
}

func sameAs(e *FileEntry, there []rosterdb.KnownSameRow, pending []string) {
	for _, k := range there {
		if samePhone(k.Phone, e.Draft.Phone) {
			e.Status, e.Number = FileDuplicate, NumberText(int(k.Number))
			e.Problems = append(e.Problems, Problem{Row: e.FirstRow, Warning: true,
				Vi: "Đã có trong danh sách với số báo danh " + e.Number + ": không thêm lần nữa.",
				En: "Is in the list already with candidate number " + e.Number + ": not added again."})
			return
		}
	}
	for _, phone := range pending {
		if samePhone(phone, e.Draft.Phone) {
			e.Status = FileDuplicate
			e.Problems = append(e.Problems, Problem{Row: e.FirstRow, Warning: true,
				Vi: "Đã tự đăng ký và đang chờ duyệt: hãy duyệt đăng ký đó.",
				En: "Has registered and is waiting: approve that registration."})
			return
		}
	}
}

func sameInFile(e *FileEntry, earlier FileEntry) {
	if samePhone(e.Draft.Phone, earlier.Draft.Phone) {
		e.Status = FileDuplicate
		e.Problems = append(e.Problems, Problem{Row: e.FirstRow, Warning: true,
			Vi: fmt.Sprintf("Trùng với dòng %d. Nếu là hai người khác nhau, hãy ghi số điện thoại của cả hai.", earlier.FirstRow),
			En: fmt.Sprintf("The same as row %d. If they are two people, give a phone number for both.", earlier.FirstRow)})
		return
	}
	e.Problems = append(e.Problems, Problem{Row: e.FirstRow, Warning: true,
		Vi: fmt.Sprintf("Cùng tên và đơn vị với dòng %d nhưng khác số điện thoại: được nhận là hai người.", earlier.FirstRow),
		En: fmt.Sprintf("Has the name and unit of row %d but another phone number: taken as two people.", earlier.FirstRow)})
}

// noteUnits points out units that the contest does not know yet: a slip of the pen would become a unit of its own.
func (s *Service) noteUnits(ctx context.Context, contestID int64, file *File) error {
	units, err := s.unitsOf(ctx, contestID)
	if err != nil {
		return err
	}
	known, alike := map[string]bool{}, map[string]string{}
	for _, u := range units {
		known[unit.SameKey(u.Name)] = true
		alike[unit.SearchKey(u.Name)] = u.Name
	}
	for i := range file.Entries {
		e := &file.Entries[i]
		key := unit.SameKey(e.Draft.UnitName)
		if e.Status != FileNew || key == "" || known[key] {
			continue
		}
		p := Problem{Row: e.FirstRow, Warning: true, Vi: "Đơn vị mới, sẽ được thêm: " + e.Draft.UnitName + ".", En: "A new unit, it will be added: " + e.Draft.UnitName + "."}
		if near, ok := alike[unit.SearchKey(e.Draft.UnitName)]; ok && near != e.Draft.UnitName {
			p.Vi = fmt.Sprintf("Đơn vị “%s” gần giống “%s” đã có. Nếu là một, hãy sửa trong tệp.", e.Draft.UnitName, near)
			p.En = fmt.Sprintf("The unit “%s” looks like “%s”. If they are one, mend the file.", e.Draft.UnitName, near)
		}
		e.Problems = append(e.Problems, p)
		known[key] = true // said once
		alike[unit.SearchKey(e.Draft.UnitName)] = e.Draft.UnitName
	}
	return nil
}
