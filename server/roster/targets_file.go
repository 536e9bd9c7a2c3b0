package roster

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
	"github.com/hoithi/hoithi/server/unit"
)

// Limits of a file with blocks and targets.
const (
	planRows       = 5_000
	planColumns    = 40
	planHeadSearch = 20 // rows in which the header is looked for
)

// PlanRow is one row of a file with blocks and targets.
type PlanRow struct {
	Number     int // as Excel shows it
	Code, Name string
	Block      string
	Target     int // -1: empty
	Headcount  int
	Status     FileStatus // new: it changes something; duplicate: all is so already
	Invites    bool       // the unit is not on the contest's list yet
	Problems   []Problem
	unitID     int64
}

// PlanFile is a file with blocks and targets as it was understood.
type PlanFile struct {
	Rows      []PlanRow
	NewBlocks []string
}

var planTitles = map[string]string{
	"ma": "code", "ma don vi": "code", "code": "code",
	"ten": "name", "ten don vi": "name", "don vi": "name", "name": "name", "unit": "name",
	"khoi": "block", "khoi thi dua": "block", "ten khoi": "block", "block": "block",
	"chi tieu": "target", "chi tieu du thi": "target", "so luong giao": "target", "target": "target",
	"quan so": "headcount", "quan so xac nhan": "headcount", "so doan vien": "headcount", "headcount": "headcount", "confirmed headcount": "headcount",
}

var planNoHeader = fault.New(fault.Invalid, "file_no_header",
	"Không tìm thấy dòng tiêu đề có cột “Tên đơn vị” hoặc “Mã đơn vị” cùng với “Khối”, “Chỉ tiêu” hoặc “Quân số”. Hãy xuất danh sách ra Excel và điền vào đó.",
	"There is no header row with “Unit” or “Code” beside “Block”, “Target” or “Headcount”. Export the list and fill it in there.")

// PreviewPlan reads a file with blocks and targets and says what would become of each row, without saving anything.
func (s *Service) PreviewPlan(ctx context.Context, contestID int64, data []byte) (PlanFile, error) {
	p, err := s.Plan(ctx, contestID)
	if err != nil {
		return PlanFile{}, err
	}
	return s.readPlan(ctx, p, data)
}

// ImportPlan takes the good rows of a file: blocks that are new are added, units of the tree that are not on the list
// are invited. The same file once more changes nothing.
func (s *Service) ImportPlan(ctx context.Context, contestID int64, data []byte) (PlanFile, error) {
	var file PlanFile
	err := s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		if err := planOpen(c); err != nil {
			return err
		}
		plan, err := s.planOf(ctx, q, c)
		if err != nil {
			return err
		}
		if file, err = s.readPlan(ctx, plan, data); err != nil {
			return err
		}
		return s.takePlan(ctx, tx, q, plan, file)
	})
	return file, err
}

func (s *Service) takePlan(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, plan Plan, file PlanFile) error {
	blocks := map[string]int64{"": 0}
	for _, b := range plan.Blocks {
		blocks[unit.WordsKey(b.Name)] = b.ID
	}
	for i, name := range file.NewBlocks {
		id, err := q.AddBlock(ctx, rosterdb.AddBlockParams{ContestID: plan.Contest.ID, Name: name, Position: int32(len(plan.Blocks) + i)})
		if err != nil {
			return err
		}
		blocks[unit.WordsKey(name)] = id
	}
	var invited []int64
	var changes []PlanChange
	for _, r := range file.Rows {
		if r.Status != FileNew {
			continue
		}
		if r.Invites {
			invited = append(invited, r.unitID)
		}
		changes = append(changes, PlanChange{UnitID: r.unitID, BlockID: blocks[unit.WordsKey(r.Block)], Target: r.Target, Headcount: r.Headcount})
	}
	if len(changes) == 0 {
		return nil
	}
	if _, err := invite(ctx, q, plan.Contest.ID, invited); err != nil {
		return err
	}
	if err := setPlan(ctx, q, plan.Contest.ID, changes); err != nil {
		return err
	}
	payload := planPayload(changes)
	payload["invited"], payload["blocks"] = len(invited), file.NewBlocks
	if err := record(ctx, tx, plan.Contest.ID, "import_targets", payload); err != nil {
		return err
	}
	_, err := s.fillPlaces(ctx, tx, q, plan.Contest)
	return err
}

// readPlan understands a file beside the plan and the tree.
func (s *Service) readPlan(ctx context.Context, plan Plan, data []byte) (PlanFile, error) {
	rows, err := export.ReadWorkbook(data, planRows, planColumns)
	if err != nil {
		return PlanFile{}, err
	}
	tree, err := s.units.Tree(ctx)
	if err != nil {
		return PlanFile{}, err
	}
	return ReadPlan(rows, plan, tree)
}

// ReadPlan understands the rows of a file with blocks and targets.
func ReadPlan(rows []export.Row, plan Plan, tree unit.Tree) (PlanFile, error) {
	at, head := planHead(rows)
	if head < 0 {
		return PlanFile{}, planNoHeader
	}
	f := PlanFile{NewBlocks: []string{}}
	known := map[int64]PlanUnit{}
	for _, u := range plan.Units {
		known[u.ID] = u
	}
	blocks := map[string]string{}
	for _, b := range plan.Blocks {
		blocks[unit.WordsKey(b.Name)] = b.Name
	}
	named := map[int64]string{}
	for _, b := range plan.Blocks {
		named[b.ID] = b.Name
	}
	index := newUnitIndex(tree, plan.Day, known)
	seen := map[int64]int{}
	for _, row := range rows[head+1:] {
		get := func(field string) string {
			if i, ok := at[field]; ok {
				return unit.CleanName(row.Cell(i))
			}
			return ""
		}
		r := PlanRow{Number: row.Number, Code: get("code"), Name: get("name"), Block: get("block"), Status: FileNew}
		if r.Code == "" && r.Name == "" {
			continue
		}
		refuse := func(field, vi, en string) {
			title := ""
			if i, ok := at[field]; ok {
				title = rows[head].Cell(i)
			}
			r.Status = FileRefused
			r.Problems = append(r.Problems, Problem{Row: row.Number, Column: title, Vi: vi, En: en})
		}
		var words [2]string
		if r.unitID, words = index.find(r.Code, r.Name); r.unitID == 0 {
			refuse("name", words[0], words[1])
		} else if first, twice := seen[r.unitID]; twice {
			refuse("name", fmt.Sprintf("Đơn vị này đã có ở dòng %d.", first), fmt.Sprintf("This unit stands in row %d already.", first))
		} else {
			seen[r.unitID] = row.Number
		}
		number := func(field string, most, now int) int {
			if _, there := at[field]; !there {
				return now
			}
			text := get(field)
			if text == "" {
				return -1
			}
			n, err := strconv.Atoi(strings.NewReplacer(".", "", ",", "", " ", "").Replace(strings.TrimSuffix(text, ".0")))
			if err != nil || n < 0 || n > most {
				refuse(field, fmt.Sprintf("“%s” không phải là số từ 0.", clipRunes(text, 40)), fmt.Sprintf("“%s” is no number from 0.", clipRunes(text, 40)))
			}
			return n
		}
		u, listed := known[r.unitID]
		if !listed {
			u = PlanUnit{Target: -1, Headcount: -1}
		}
		r.Target, r.Headcount = number("target", maxTarget, u.Target), number("headcount", maxHeadcount, u.Headcount)
		if _, there := at["block"]; !there {
			r.Block = named[u.BlockID]
		}
		if n := len([]rune(r.Block)); n == 1 || n > 120 {
			refuse("block", badBlock.Vi, badBlock.En)
		}
		r.Invites = !u.Invited
		if r.Status == FileNew {
			if key := unit.WordsKey(r.Block); r.Block != "" && blocks[key] == "" {
				blocks[key] = r.Block
				f.NewBlocks = append(f.NewBlocks, r.Block)
			} else if r.Block != "" {
				r.Block = blocks[key]
			}
			if u.Invited && named[u.BlockID] == r.Block && u.Target == r.Target && u.Headcount == r.Headcount {
				r.Status = FileDuplicate
			}
		}
		f.Rows = append(f.Rows, r)
	}
	if len(f.Rows) == 0 {
		return f, fileEmpty
	}
	if len(plan.Blocks)+len(f.NewBlocks) > maxBlocks {
		return f, badBlock
	}
	return f, nil
}

func planHead(rows []export.Row) (map[string]int, int) {
	best, bestAt := -1, map[string]int(nil)
	for i, row := range rows[:min(len(rows), planHeadSearch)] {
		at := map[string]int{}
		for column := range row.Cells {
			if f, ok := planTitles[unit.SearchKey(strings.TrimSpace(strings.SplitN(row.Cell(column), "(", 2)[0]))]; ok {
				if _, taken := at[f]; !taken {
					at[f] = column
				}
			}
		}
		_, code := at["code"]
		_, name := at["name"]
		if (code || name) && len(at) > 1 && len(at) > len(bestAt) && (len(at) > 2 || !code || !name) {
			best, bestAt = i, at
		}
	}
	return bestAt, best
}

// unitIndex finds units of the tree by what a file says of them.
type unitIndex struct {
	byCode map[string]int64
	byName map[string][]int64
	listed map[int64]PlanUnit
}

func newUnitIndex(tree unit.Tree, day unit.Day, listed map[int64]PlanUnit) unitIndex {
	x := unitIndex{byCode: map[string]int64{}, byName: map[string][]int64{}, listed: listed}
	for _, id := range tree.IDs() {
		h, _ := tree.Unit(id)
		x.byCode[strings.ToUpper(h.Code)] = id
		if p, there := h.At(day); there {
			key := unit.SameKey(p.Name)
			x.byName[key] = append(x.byName[key], id)
		}
	}
	return x
}

func (x unitIndex) find(code, name string) (int64, [2]string) {
	if code != "" {
		if id, ok := x.byCode[strings.ToUpper(code)]; ok {
			return id, [2]string{}
		}
	}
	found := x.byName[unit.SameKey(name)]
	if len(found) > 1 { // of several of one name, the one that is on the contest's list
		listed := slices.DeleteFunc(slices.Clone(found), func(id int64) bool { _, ok := x.listed[id]; return !ok })
		if len(listed) == 1 {
			found = listed
		}
	}
	switch {
	case len(found) == 1:
		return found[0], [2]string{}
	case len(found) > 1:
		return 0, [2]string{fmt.Sprintf("Có %d đơn vị tên “%s”. Hãy ghi thêm mã đơn vị.", len(found), clipRunes(name, 60)),
			fmt.Sprintf("%d units are called “%s”. Give the unit's code.", len(found), clipRunes(name, 60))}
	case name == "":
		return 0, [2]string{fmt.Sprintf("Không có đơn vị nào mang mã “%s”.", clipRunes(code, 40)), fmt.Sprintf("No unit has the code “%s”.", clipRunes(code, 40))}
	}
	return 0, [2]string{fmt.Sprintf("Không có đơn vị “%s”. Hãy bấm Thêm đơn vị trước, rồi nhập lại tệp.", clipRunes(name, 60)),
		fmt.Sprintf("There is no unit “%s”. Add it first, then import again.", clipRunes(name, 60))}
}

// ExportPlan writes the units of a contest with their blocks and targets as .xlsx; the file can be filled in and
// imported again.
func (s *Service) ExportPlan(ctx context.Context, contestID int64, locale string) ([]byte, error) {
	p, err := s.Plan(ctx, contestID)
	if err != nil {
		return nil, err
	}
	return planWorkbook(p, locale)
}

func planWorkbook(p Plan, locale string) ([]byte, error) {
	pick := func(vi, en string) string {
		if locale == "en" {
			return en
		}
		return vi
	}
	blocks := map[int64]string{}
	names := make([]string, len(p.Blocks))
	for i, b := range p.Blocks {
		blocks[b.ID], names[i] = b.Name, b.Name
	}
	sheet := export.Sheet{Name: pick("Đơn vị", "Units"), Columns: []export.Column{{Title: pick("Mã đơn vị", "Code"), Width: 14},
		{Title: pick("Tên đơn vị", "Unit"), Width: 44}, {Title: pick("Trực thuộc", "Parent"), Width: 34}, {Title: pick("Khối", "Block"), Width: 26, Choices: names},
		{Title: pick("Chỉ tiêu", "Target"), Width: 12}, {Title: pick("Quân số xác nhận", "Confirmed headcount"), Width: 18}, {Title: pick("Đã dự thi", "Entries"), Width: 12}}}
	number := func(n int) any {
		if n < 0 {
			return ""
		}
		return n
	}
	for _, u := range p.Units {
		if u.Invited {
			sheet.Rows = append(sheet.Rows, []any{u.Code, u.Name, u.ParentName, blocks[u.BlockID], number(u.Target), number(u.Headcount), u.Entries})
		}
	}
	var b bytes.Buffer
	err := export.WriteWorkbook(&b, sheet)
	return b.Bytes(), err
}
