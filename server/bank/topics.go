package bank

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/bank/bankdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

const (
	maxTopics     = 2000
	maxTopicDepth = 6
)

// Topic is a branch of the tree.
type Topic struct {
	ID       int64  `json:"id"`
	ParentID int64  `json:"parent_id" doc:"0: it has none above it"`
	Name     string `json:"name"`
	Path     string `json:"path" doc:"Its name behind those above it, with ' / ' between"`
	Depth    int    `json:"depth" doc:"0: it has none above it"`
	Items    int    `json:"items" doc:"Active questions right in it"`
	All      int    `json:"all" doc:"With those of its branches"`
	// Levels are All by difficulty, from the easiest.
	Levels []int `json:"levels" doc:"all by difficulty, from the easiest"`

	position int
}

var (
	errTopicTaken = fault.New(fault.Conflict, "topic_exists",
		"Ở đây đã có chủ đề cùng tên. Hãy đặt tên khác hoặc gộp hai chủ đề.",
		"There is a topic of that name here already. Choose another name, or merge the two.")
	errTopicInside = fault.New(fault.Conflict, "topic_inside_itself",
		"Không thể chuyển một chủ đề vào chính nhánh của nó.", "A topic can't be moved into one of its own branches.")
	errTopicDeep = fault.New(fault.Invalid, "topic_too_deep",
		"Cây chủ đề sâu nhất 6 tầng.", "The tree of topics is at most six levels deep.")
	errTopicName = fault.New(fault.Invalid, "topic_name",
		"Tên chủ đề từ 1 đến 200 ký tự và không có dấu “/”.", "The name of a topic has 1 to 200 characters and no “/”.")
	errTooManyTopics = fault.New(fault.TooLarge, "too_many_topics",
		"Ngân hàng đã có 2.000 chủ đề nên không thêm nữa.", "The bank has 2,000 topics and takes no more.")
)

// treeOf puts topics in the order of the tree: each one behind its parent, siblings by position.
func treeOf(rows []bankdb.TopicsRow) []Topic {
	children := map[int64][]bankdb.TopicsRow{}
	for _, r := range rows {
		parent := int64(0)
		if r.ParentID != nil {
			parent = *r.ParentID
		}
		children[parent] = append(children[parent], r)
	}
	out := make([]Topic, 0, len(rows))
	var walk func(parent int64, depth int)
	walk = func(parent int64, depth int) {
		for _, r := range children[parent] {
			out = append(out, Topic{ID: r.ID, ParentID: parent, Name: r.Name, Path: r.Path, Depth: depth, Levels: make([]int, len(Difficulties)), position: int(r.Position)})
			walk(r.ID, depth+1)
		}
	}
	walk(0, 0)
	return out
}

// branch gives a topic with all that is below it. The list is in the order of the tree.
func branch(topics []Topic, id int64) []int64 {
	i := slices.IndexFunc(topics, func(t Topic) bool { return t.ID == id })
	if i < 0 {
		return nil
	}
	ids := []int64{id}
	for _, t := range topics[i+1:] {
		if t.Depth <= topics[i].Depth {
			break
		}
		ids = append(ids, t.ID)
	}
	return ids
}

// Topics gives the tree of a contest's bank with its counts, each topic behind its parent.
func (s *Service) Topics(ctx context.Context, contestID int64) ([]Topic, error) {
	bankID, err := s.contests.BankOf(ctx, contestID)
	if err != nil {
		return nil, err
	}
	rows, err := s.q.Topics(ctx, bankID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	counts, err := s.q.ItemTally(ctx, bankdb.ItemTallyParams{BankID: bankID, Mine: mine(ctx, contestID)})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	topics := treeOf(rows)
	at := make(map[int64]int, len(topics))
	for i, t := range topics {
		at[t.ID] = i
	}
	for _, c := range counts {
		i, ok := at[c.TopicID]
		if !ok || c.Retired {
			continue
		}
		topics[i].Items += int(c.Items)
		topics[i].Levels[slices.Index(Difficulties, Difficulty(c.Difficulty))] += int(c.Items)
	}
	for i := range topics {
		topics[i].All = topics[i].Items
	}
	for i := len(topics) - 1; i >= 0; i-- {
		if up, ok := at[topics[i].ParentID]; ok {
			topics[up].All += topics[i].All
			for l := range Difficulties {
				topics[up].Levels[l] += topics[i].Levels[l]
			}
		}
	}
	return topics, nil
}

// TopicDraft is what a topic is to become.
type TopicDraft struct {
	Name     string `json:"name" minLength:"1" maxLength:"200"`
	ParentID int64  `json:"parent_id" minimum:"0" doc:"0: none above it"`
	Before   int64  `json:"before,omitempty" minimum:"0" doc:"The sibling it stands before; 0: the last"`
}

// AddTopic makes a topic.
func (s *Service) AddTopic(ctx context.Context, contestID int64, d TopicDraft) error {
	return s.changeTopics(ctx, contestID, "bank.add_topic", func(q *bankdb.Queries, bankID int64, topics []Topic) (map[string]any, error) {
		if len(topics) >= maxTopics {
			return nil, errTooManyTopics
		}
		if err := d.check(topics, 0); err != nil {
			return nil, err
		}
		id, err := q.AddTopic(ctx, bankdb.AddTopicParams{BankID: bankID, ParentID: above(d.ParentID), Name: d.Name, Path: d.Name, PathKey: SearchKey(d.Name)})
		if err != nil {
			return nil, err
		}
		topics = append(topics, Topic{ID: id, ParentID: d.ParentID, Name: d.Name})
		return map[string]any{"topic": id, "name": d.Name}, arrange(ctx, q, topics, id, d)
	})
}

// SaveTopic renames or moves a topic, with its branches and questions.
func (s *Service) SaveTopic(ctx context.Context, contestID, topicID int64, d TopicDraft) error {
	return s.changeTopics(ctx, contestID, "bank.edit_topic", func(q *bankdb.Queries, _ int64, topics []Topic) (map[string]any, error) {
		i := slices.IndexFunc(topics, func(t Topic) bool { return t.ID == topicID })
		if i < 0 {
			return nil, fault.NothingHere
		}
		if slices.Contains(branch(topics, topicID), d.ParentID) {
			return nil, errTopicInside
		}
		if err := d.check(topics, topicID); err != nil {
			return nil, err
		}
		from := topics[i].Path
		topics[i].ParentID, topics[i].Name = d.ParentID, d.Name
		return map[string]any{"topic": topicID, "from": from, "name": d.Name}, arrange(ctx, q, topics, topicID, d)
	})
}

// MergeTopic puts the questions and branches of a topic into another and removes it. Branches of one name become one.
func (s *Service) MergeTopic(ctx context.Context, contestID, topicID, into int64) error {
	return s.changeTopics(ctx, contestID, "bank.merge_topic", func(q *bankdb.Queries, bankID int64, topics []Topic) (map[string]any, error) {
		from := slices.IndexFunc(topics, func(t Topic) bool { return t.ID == topicID })
		to := slices.IndexFunc(topics, func(t Topic) bool { return t.ID == into })
		if from < 0 || to < 0 {
			return nil, fault.NothingHere
		}
		if slices.Contains(branch(topics, topicID), into) {
			return nil, errTopicInside
		}
		payload := map[string]any{"topic": topicID, "into": into, "from": topics[from].Path, "name": topics[to].Path}
		return payload, join(ctx, q, topics, topicID, into)
	})
}

// join moves what is in one topic to another, one level after the other.
func join(ctx context.Context, q *bankdb.Queries, topics []Topic, from, into int64) error {
	if _, err := q.MoveTopicItems(ctx, bankdb.MoveTopicItemsParams{FromTopic: &from, IntoTopic: &into}); err != nil {
		return err
	}
	for i := range topics {
		if topics[i].ParentID != from {
			continue
		}
		same := slices.IndexFunc(topics, func(t Topic) bool { return t.ParentID == into && t.Name == topics[i].Name })
		if same >= 0 && topics[same].ID != from {
			if err := join(ctx, q, topics, topics[i].ID, topics[same].ID); err != nil {
				return err
			}
			continue
		}
		topics[i].ParentID = into
		if err := saveTopic(ctx, q, topics[i]); err != nil {
			return err
		}
	}
	return q.RemoveTopic(ctx, from)
}

// RemoveTopic removes a topic; its questions and branches go to the one above it.
func (s *Service) RemoveTopic(ctx context.Context, contestID, topicID int64) error {
	return s.changeTopics(ctx, contestID, "bank.remove_topic", func(q *bankdb.Queries, _ int64, topics []Topic) (map[string]any, error) {
		i := slices.IndexFunc(topics, func(t Topic) bool { return t.ID == topicID })
		if i < 0 {
			return nil, fault.NothingHere
		}
		payload := map[string]any{"topic": topicID, "name": topics[i].Path}
		if topics[i].ParentID != 0 {
			return payload, join(ctx, q, topics, topicID, topics[i].ParentID)
		}
		if _, err := q.MoveTopicItems(ctx, bankdb.MoveTopicItemsParams{FromTopic: &topicID}); err != nil {
			return nil, err
		}
		for j := range topics {
			if topics[j].ParentID == topicID {
				topics[j].ParentID = 0
				if err := saveTopic(ctx, q, topics[j]); err != nil {
					return nil, err
				}
			}
		}
		return payload, q.RemoveTopic(ctx, topicID)
	})
}

// changeTopics runs a change of the tree and writes every path anew.
func (s *Service) changeTopics(ctx context.Context, contestID int64, action string, change func(q *bankdb.Queries, bankID int64, topics []Topic) (map[string]any, error)) error {
	_, err := s.inBank(ctx, contestID, func(tx pgx.Tx, bankID int64) error {
		q := s.q.WithTx(tx)
		if err := q.LockTopics(ctx, bankID); err != nil {
			return err
		}
		rows, err := q.Topics(ctx, bankID)
		if err != nil {
			return err
		}
		payload, err := change(q, bankID, treeOf(rows))
		if postgres.IsUniqueViolation(err, "topic_name") {
			return errTopicTaken
		}
		if err != nil {
			return err
		}
		if err := rewritePaths(ctx, q, bankID); err != nil {
			return err
		}
		return audit.Append(ctx, tx, contestID, action, payload)
	})
	return err
}

func rewritePaths(ctx context.Context, q *bankdb.Queries, bankID int64) error {
	rows, err := q.Topics(ctx, bankID)
	if err != nil {
		return err
	}
	path := map[int64]string{}
	for _, t := range treeOf(rows) {
		if t.Depth >= maxTopicDepth {
			return errTopicDeep
		}
		was := t.Path
		if t.Path = t.Name; t.ParentID != 0 {
			t.Path = path[t.ParentID] + " / " + t.Name
		}
		path[t.ID] = t.Path
		if t.Path != was {
			if err := saveTopic(ctx, q, t); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *TopicDraft) check(topics []Topic, self int64) error {
	d.Name = CleanLine(d.Name)
	if d.Name == "" || len([]rune(d.Name)) > 200 || strings.Contains(d.Name, "/") {
		return errTopicName.At("name", errTopicName.Vi, errTopicName.En)
	}
	if d.ParentID != 0 && !slices.ContainsFunc(topics, func(t Topic) bool { return t.ID == d.ParentID }) {
		return fault.NothingHere
	}
	if slices.ContainsFunc(topics, func(t Topic) bool { return t.ID != self && t.ParentID == d.ParentID && t.Name == d.Name }) {
		return errTopicTaken
	}
	return nil
}

// arrange gives the siblings of a topic their positions, with the topic in its new place.
func arrange(ctx context.Context, q *bankdb.Queries, topics []Topic, id int64, d TopicDraft) error {
	var siblings []Topic
	var self Topic
	for _, t := range topics {
		switch {
		case t.ID == id:
			self = t
		case t.ParentID == d.ParentID:
			siblings = append(siblings, t)
		}
	}
	place := slices.IndexFunc(siblings, func(t Topic) bool { return d.Before != 0 && t.ID == d.Before })
	if place < 0 {
		place = len(siblings)
	}
	for i, t := range slices.Insert(siblings, place, self) {
		t.position = i + 1
		if err := saveTopic(ctx, q, t); err != nil {
			return fmt.Errorf("topic %d: %w", t.ID, err)
		}
	}
	return nil
}

func saveTopic(ctx context.Context, q *bankdb.Queries, t Topic) error {
	return q.SaveTopic(ctx, bankdb.SaveTopicParams{ID: t.ID, ParentID: above(t.ParentID), Name: t.Name, Position: int32(t.position),
		Path: t.Path, PathKey: SearchKey(t.Path)})
}

func above(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}
