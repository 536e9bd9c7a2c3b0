package bank

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/bank/bankdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

// MaxTags is how many tags an item may have.
const MaxTags = 20

// Change is what is done to many items at once. Absent parts leave things as they are.
type Change struct {
	Topic      *string     `json:"topic,omitempty" maxLength:"600" doc:"The path of the topic they go to, made if it is new; empty: to none"`
	Difficulty *Difficulty `json:"difficulty,omitempty" enum:"recognition,understanding,application,high_application"`
	AddTags    []string    `json:"add_tags,omitempty" maxItems:"20"`
	DropTags   []string    `json:"drop_tags,omitempty" maxItems:"20"`
	ActID      *int64      `json:"act_id,omitempty" minimum:"0" doc:"The act they rest on; 0: none"`
	Step       Step        `json:"step,omitempty" enum:",submit,withdraw,approve,send_back,check,retire,restore"`
	Note       string      `json:"note,omitempty" maxLength:"2000" doc:"For send_back: what to change"`
}

// Refused is an item that a change leaves as it is, and why.
type Refused struct {
	ItemID int64  `json:"item_id"`
	Code   string `json:"code"`
	Vi     string `json:"vi"`
	En     string `json:"en"`
}

// Changed tells what a change of many does, or has done.
type Changed struct {
	Items   int       `json:"items" doc:"Chosen"`
	Changed int       `json:"changed" doc:"Will be another afterwards"`
	Refused []Refused `json:"refused" doc:"At most 50 of those that can't take the step"`
	Refuses int       `json:"refuses" doc:"How many can't"`
}

// maxMany is how many items one change may touch.
const maxMany = MaxItems

var (
	errNothingChosen = fault.New(fault.Invalid, "nothing_to_change",
		"Chưa chọn thay đổi nào.", "No change was chosen.")
	errTags = fault.New(fault.Invalid, "tags",
		"Mỗi câu có nhiều nhất 20 nhãn, mỗi nhãn nhiều nhất 60 ký tự.", "A question has at most 20 tags of at most 60 characters.")
)

func (c Change) empty() bool {
	return c.Topic == nil && c.Difficulty == nil && len(c.AddTags) == 0 && len(c.DropTags) == 0 && c.ActID == nil && c.Step == ""
}

// places tells whether the change moves items; only organizers do that.
func (c Change) places() bool {
	return c.Topic != nil || c.Difficulty != nil || len(c.AddTags) > 0 || len(c.DropTags) > 0 || c.ActID != nil ||
		c.Step == Retire || c.Step == Restore
}

// cleanTags brings tags to one spelling, sorted, each one once however it is typed.
func cleanTags(tags []string) []string {
	byKey := map[string]string{}
	for _, t := range tags {
		t = CleanLine(strings.NewReplacer(",", " ", ";", " ", "#", " ").Replace(t))
		if key := SearchKey(t); key != "" {
			if _, ok := byKey[key]; !ok {
				byKey[key] = t
			}
		}
	}
	out := make([]string, 0, len(byKey))
	for _, t := range byKey {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(SearchKey(a), SearchKey(b)), cmp.Compare(a, b)) })
	return out
}

// retag takes tags out and puts others in.
func retag(has, add, drop []string) []string {
	dropped := map[string]bool{}
	for _, t := range drop {
		dropped[SearchKey(t)] = true
	}
	kept := slices.DeleteFunc(slices.Clone(has), func(t string) bool { return dropped[SearchKey(t)] })
	return cleanTags(append(kept, add...))
}

// ChangeMany changes the chosen items of a contest's bank, or all that a filter lets through when ids is nil. With
// preview it only tells what it would do.
func (s *Service) ChangeMany(ctx context.Context, contestID int64, ids []int64, f Filter, c Change, preview bool) (Changed, error) {
	if c.empty() {
		return Changed{}, errNothingChosen
	}
	p := account.From(ctx)
	if c.places() && p.Has(contestID, account.RoleReviewer) && !p.Has(contestID, account.RoleOrganizer) {
		return Changed{}, errPlaces
	}
	if c.Step == SendBack && CleanText(c.Note) == "" {
		return Changed{}, errNote.At("note", errNote.Vi, errNote.En)
	}
	if c.Difficulty != nil && !slices.Contains(Difficulties, *c.Difficulty) {
		return Changed{}, errNothingChosen
	}
	var done Changed
	_, err := s.inBank(ctx, contestID, func(tx pgx.Tx, bankID int64) error {
		q := s.q.WithTx(tx)
		if ids == nil {
			chosen, err := s.chosenBy(ctx, q, contestID, bankID, f)
			if err != nil {
				return err
			}
			chosen.After, chosen.PageSize = 0, maxMany
			if ids, err = q.ItemIDs(ctx, chosen); err != nil {
				return err
			}
		}
		rows, err := q.ChosenItems(ctx, bankdb.ChosenItemsParams{Ids: ids, BankID: bankID})
		if err != nil {
			return err
		}
		m := &many{s: s, q: q, tx: tx, contestID: contestID, bankID: bankID, change: c, done: Changed{Items: len(rows), Refused: []Refused{}}}
		touched, err := m.run(ctx, rows)
		if err != nil {
			return err
		}
		done = m.done
		done.Changed = len(touched)
		if preview {
			return errPreviewed // nothing of it stays
		}
		if len(touched) == 0 {
			return nil
		}
		return audit.Append(ctx, tx, contestID, "bank.change_many", map[string]any{"count": len(touched), "items": ranges(touched), "change": c})
	})
	if preview && errors.Is(err, errPreviewed) {
		err = nil
	}
	return done, err
}

var (
	errPreviewed = errors.New("bank: a preview is undone")
	errPlaces    = fault.New(fault.Forbidden, "reviewers_dont_move",
		"Người thẩm định chỉ duyệt, trả lại và rà soát câu hỏi; chủ đề, mức độ, nhãn do Ban Tổ chức sắp xếp.",
		"Reviewers approve, send back and check questions; topics, levels and tags are for the organizers.")
)

// many is one change under way.
type many struct {
	s                 *Service
	q                 *bankdb.Queries
	tx                pgx.Tx
	contestID, bankID int64
	change            Change
	done              Changed
}

func (m *many) refuse(id int64, f *fault.Fault) {
	m.done.Refuses++
	if len(m.done.Refused) < 50 {
		m.done.Refused = append(m.done.Refused, Refused{ItemID: id, Code: f.Code, Vi: f.Vi, En: f.En})
	}
}

func (m *many) run(ctx context.Context, rows []bankdb.ChosenItemsRow) ([]int64, error) {
	touched := map[int64]bool{}
	if err := m.place(ctx, rows, touched); err != nil {
		return nil, err
	}
	if err := m.take(ctx, rows, touched); err != nil {
		return nil, err
	}
	ids := make([]int64, 0, len(touched))
	for id := range touched {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids, nil
}

// place moves items to their topic, difficulty, act and tags.
func (m *many) place(ctx context.Context, rows []bankdb.ChosenItemsRow, touched map[int64]bool) error {
	c := m.change
	if !c.places() || c.Topic == nil && c.Difficulty == nil && c.ActID == nil && len(c.AddTags)+len(c.DropTags) == 0 {
		return nil
	}
	var topic *int64
	if c.Topic != nil {
		f, err := m.s.filing(ctx, m.tx, m.bankID)
		if err != nil {
			return err
		}
		if topic, err = f.topic(ctx, *c.Topic); err != nil {
			return err
		}
	}
	if c.ActID != nil && *c.ActID != 0 {
		if _, err := m.q.LockAct(ctx, bankdb.LockActParams{ID: *c.ActID, BankID: m.bankID}); err != nil {
			return postgres.Fault(err)
		}
	}
	var p bankdb.PlaceManyParams
	for _, r := range rows {
		to, difficulty, act, tags := r.TopicID, r.Difficulty, r.ActID, r.Tags
		if c.Topic != nil {
			to = topic
		}
		if c.Difficulty != nil {
			difficulty = string(*c.Difficulty)
		}
		if c.ActID != nil {
			act = above(*c.ActID)
		}
		if len(c.AddTags)+len(c.DropTags) > 0 {
			tags = retag(r.Tags, c.AddTags, c.DropTags)
			if len(tags) > MaxTags || slices.ContainsFunc(tags, func(t string) bool { return len([]rune(t)) > 60 }) {
				return errTags
			}
		}
		if id64(to) == id64(r.TopicID) && difficulty == r.Difficulty && id64(act) == id64(r.ActID) && slices.Equal(tags, r.Tags) {
			continue
		}
		touched[r.ID] = true
		joined := strings.Join(tags, "\n")
		p.Ids, p.TopicIds, p.Difficulties = append(p.Ids, r.ID), append(p.TopicIds, id64(to)), append(p.Difficulties, difficulty)
		p.ActIds, p.Tags, p.TagKeys = append(p.ActIds, id64(act)), append(p.Tags, joined), append(p.TagKeys, SearchKey(joined))
	}
	if len(p.Ids) == 0 {
		return nil
	}
	return postgres.Fault(m.q.PlaceMany(ctx, p))
}

// take takes a step with every item that can take it.
func (m *many) take(ctx context.Context, rows []bankdb.ChosenItemsRow, touched map[int64]bool) error {
	step := m.change.Step
	if step == "" {
		return nil
	}
	own := map[int64]bool{}
	if step == Approve {
		b, err := m.q.BankByID(ctx, m.bankID)
		if err != nil {
			return postgres.Fault(err)
		}
		if b.NeedsReview && !b.OwnApproval {
			ids := make([]int64, 0, len(rows))
			for _, r := range rows {
				ids = append(ids, r.ID)
			}
			wrote, err := m.q.WrittenByMany(ctx, bankdb.WrittenByManyParams{Ids: ids, AccountID: account.From(ctx).AccountID})
			if err != nil {
				return postgres.Fault(err)
			}
			for _, id := range wrote {
				own[id] = true
			}
		}
	}
	var ids []int64
	for _, r := range rows {
		_, ok := State(r.State).Next(step)
		switch {
		case step == Retire || step == Restore:
			if (r.RetiredAt != nil) == (step == Retire) {
				continue // it is already so
			}
		case r.RetiredAt != nil:
			m.refuse(r.ID, errRetired)
			continue
		case step == Check && r.ActID == nil:
			m.refuse(r.ID, errNoAct)
			continue
		case step == Approve && State(r.State) == Approved:
			continue
		case step != Check && !ok:
			m.refuse(r.ID, errStep)
			continue
		case own[r.ID]:
			m.refuse(r.ID, errOwn)
			continue
		}
		ids = append(ids, r.ID)
		touched[r.ID] = true
	}
	if len(ids) == 0 {
		return nil
	}
	if err := m.write(ctx, step, ids); err != nil {
		return err
	}
	return postgres.Fault(m.q.StepMany(ctx, bankdb.StepManyParams{Ids: ids, Step: string(step), Note: CleanText(m.change.Note), At: m.s.now(),
		AccountID: by(ctx), Name: account.From(ctx).Name}))
}

func (m *many) write(ctx context.Context, step Step, ids []int64) error {
	now, name := m.s.now(), account.From(ctx).Name
	switch step {
	case Retire, Restore:
		params := bankdb.RetireManyParams{Ids: ids}
		if step == Retire {
			params.RetiredAt = &now
		}
		err := m.q.RetireMany(ctx, params)
		if postgres.IsUniqueViolation(err, "item_content") {
			return errSame
		}
		return postgres.Fault(err)
	case Check:
	default:
		next, _ := Draft.Next(step) // where a step leads to is the same from everywhere
		if step == Withdraw {
			next = Draft
		}
		if step == SendBack {
			next = SentBack
		}
		if err := m.q.StateMany(ctx, bankdb.StateManyParams{Ids: ids, State: string(next)}); err != nil {
			return postgres.Fault(err)
		}
	}
	if step == Check || step == Approve {
		return postgres.Fault(m.q.CheckMany(ctx, bankdb.CheckManyParams{Ids: ids, CheckedAt: &now, CheckedBy: name}))
	}
	return nil
}

// ranges writes ids shortly: "1-120,140".
func ranges(ids []int64) string {
	var b strings.Builder
	for i := 0; i < len(ids); {
		j := i
		for j+1 < len(ids) && ids[j+1] == ids[j]+1 {
			j++
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		fmt.Fprint(&b, ids[i])
		if j > i {
			fmt.Fprintf(&b, "-%d", ids[j])
		}
		i = j + 1
	}
	return b.String()
}
