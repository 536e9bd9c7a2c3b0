package leaderboard

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/live"
)

const hintChannel = "board"

// topRows of each division go to everybody; the rest is read page by page, and each contestant gets the own row.
const topRows = 100

// Patterns of the room's topics.
const (
	audienceTopic   = "audience/board/{contest}"
	contestantTopic = "contestant/board/{contest}"
	organizerTopic  = "organizer/board/{contest}"
)

// BoardView is a board on a page or a projector.
type BoardView struct {
	ContestID   int64              `json:"contest_id"`
	Status      Status             `json:"status" enum:"provisional,frozen,final"`
	HeldAtUs    int64              `json:"held_at_us" doc:"Since when the board stands still; 0: it is live"`
	Rounds      []BoardRound       `json:"rounds"`
	Divisions   []contest.Division `json:"divisions"`
	TieBreakers []string           `json:"tie_breakers"`
	Rows        []Row              `json:"rows" doc:"Best first within each division; at most 100 a division"`
	Count       int                `json:"count" doc:"Rows in all"`
	Cuts        []BoardCut         `json:"cuts,omitempty" doc:"Where the line runs between those who go on and the others"`
}

// OwnBoardView is a contestant's own row of the public board.
type OwnBoardView struct {
	Status Status `json:"status" enum:"provisional,frozen,final"`
	Row    *Row   `json:"row,omitempty"`
	Count  int    `json:"count" doc:"Entries in the contestant's division"`
	// Cut is missing where no line lies before the entry, or nobody may know of it.
	Cut *OwnCut `json:"cut,omitempty" doc:"Where the entry stands with respect to the line between those who go on and the others"`
}

// watched is what this node keeps of a board: only a cache.
type watched struct {
	dirty     bool
	notBefore time.Time
	builtFrom string
	public    *Public
	places    places
	top       live.Message
	own       map[int64]OwnBoardView // what each entry was last sent
	screen    int64                  // number of the projector's screen that was last sent
}

// places finds an entry's row in the public board, and how many the division has.
type places struct {
	row   map[int64]int
	count map[group]int
}

func placesOf(b Board) places {
	x := places{row: make(map[int64]int, len(b.Rows)), count: map[group]int{}}
	for i, r := range b.Rows {
		x.row[r.EntryID] = i
		x.count[group{r.DivisionID, r.Kind}]++
	}
	return x
}

// own is what an entry is told of the public board; it may have no row in it.
func (x places) own(p *Public, entryID int64) OwnBoardView {
	i, ok := x.row[entryID]
	if !ok {
		return OwnBoardView{Status: p.Status}
	}
	r := &p.Board.Rows[i]
	return OwnBoardView{Status: p.Status, Row: r, Count: x.count[group{r.DivisionID, r.Kind}], Cut: p.Board.ownCut(*r)}
}

func (s *Service) board(contestID int64) *watched {
	w := s.boards[contestID]
	if w == nil {
		w = &watched{own: map[int64]OwnBoardView{}}
		s.boards[contestID] = w
	}
	return w
}

func topicOf(pattern string, contestID int64) string {
	return strings.Replace(pattern, "{contest}", strconv.FormatInt(contestID, 10), 1)
}

// entryOf reads the key of an entry's sockets.
func entryOf(key string) (int64, bool) {
	id, err := strconv.ParseInt(strings.TrimPrefix(key, "entry/"), 10, 64)
	return id, err == nil && live.EntryKey(id) == key
}

func topOf(p Public) BoardView {
	b := p.Board
	v := BoardView{ContestID: b.ContestID, Status: p.Status, HeldAtUs: p.HeldAtUs, Rounds: b.Rounds, Divisions: b.Divisions,
		TieBreakers: b.TieBreakers, Rows: []Row{}, Count: len(b.Rows), Cuts: b.Cuts}
	shown := map[int64]int{}
	for _, r := range b.Rows {
		if shown[r.DivisionID] < topRows {
			shown[r.DivisionID]++
			v.Rows = append(v.Rows, r)
		}
	}
	return v
}

// Topics registers the live topics of boards.
func (s *Service) Topics() {
	live.Declare[BoardView](s.hub, "board")
	live.Declare[OwnBoardView](s.hub, "own_board")
	live.Declare[BoardView](s.hub, "whole_board")
	s.hub.Topic(audienceTopic, live.TopicSpec{Need: "topic:" + audienceTopic,
		Open: func(ctx context.Context, _ *live.Client, p live.Params) (live.Snapshot, error) {
			if err := s.visible(ctx, p["contest"]); err != nil {
				return nil, err
			}
			w, err := s.current(ctx, p["contest"])
			if err != nil {
				return nil, err
			}
			return live.Snapshot{w.top}, nil
		}})
	s.hub.Topic(contestantTopic, live.TopicSpec{Need: "topic:" + contestantTopic,
		Open: func(ctx context.Context, c *live.Client, p live.Params) (live.Snapshot, error) {
			w, err := s.current(ctx, p["contest"])
			if err != nil {
				return nil, err
			}
			entry := c.Principal().Entry
			if entry == nil {
				return nil, fault.NothingHere
			}
			own := w.places.own(w.public, entry.EntryID)
			return live.Snapshot{{Kind: "own_board", Epoch: 1, Seq: w.public.Version, Data: own}}, nil
		}})
	s.hub.Topic(organizerTopic, live.TopicSpec{Need: "topic:" + organizerTopic,
		Open: func(ctx context.Context, _ *live.Client, p live.Params) (live.Snapshot, error) {
			w, err := s.current(ctx, p["contest"])
			if err != nil {
				return nil, err
			}
			m, err := s.wholeMessage(ctx, p["contest"], *w.public)
			return live.Snapshot{m}, err
		}})
	s.screenTopics()
}

// visible refuses what the public may not know to exist. A contest never becomes a draft again, so what was seen once is
// not asked for by each of the thousands who come back.
func (s *Service) visible(ctx context.Context, contestID int64) error {
	if _, seen := s.seen.Load(contestID); seen {
		return nil
	}
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return err
	}
	if c.State == contest.Draft {
		return fault.NothingHere
	}
	s.seen.Store(contestID, true)
	return nil
}

func (s *Service) wholeMessage(ctx context.Context, contestID int64, p Public) (live.Message, error) {
	whole, err := s.Whole(ctx, contestID)
	if err != nil {
		return live.Message{}, err
	}
	return live.Message{Kind: "whole_board", Epoch: 1, Seq: p.Version,
		Data: topOf(Public{Status: p.Status, HeldAtUs: p.HeldAtUs, Board: whole})}, nil
}

// current is the public board as this node knows it; it is read or built when the node knows none. Of the thousands
// who may come at once, one reads it for all.
func (s *Service) current(ctx context.Context, contestID int64) (watched, error) {
	if w, ok := s.known(contestID); ok {
		return w, nil
	}
	s.reading.Lock()
	defer s.reading.Unlock()
	if w, ok := s.known(contestID); ok {
		return w, nil
	}
	p, builtFrom, err := s.load(ctx, contestID)
	if err != nil {
		// No board yet, or Redis is away: what is shown comes from Postgres all the same.
		if p, err = s.public(ctx, contestID); err != nil {
			return watched{}, err
		}
		s.Changed(contestID)
	}
	s.show(ctx, p)
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.board(contestID)
	if known.builtFrom == "" {
		known.builtFrom = builtFrom
	}
	return *known, nil
}

func (s *Service) known(contestID int64) (watched, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.board(contestID)
	return *w, w.public != nil
}

// reload takes the board that counts from Redis, if it is newer than the one this node knows.
func (s *Service) reload(ctx context.Context, contestID int64) {
	s.mu.Lock()
	w, watching := s.boards[contestID]
	known := int64(0)
	if watching && w.public != nil {
		known = w.public.Version
	}
	s.mu.Unlock()
	if !watching {
		return
	}
	version, err := s.pointer(ctx, contestID)
	if err != nil || version <= known {
		return // the check once a second sees to a board that is gone
	}
	if p, builtFrom, err := s.load(ctx, contestID); err == nil {
		s.mu.Lock()
		s.board(contestID).builtFrom = builtFrom
		s.mu.Unlock()
		s.show(ctx, p)
	}
}

// show publishes a board to this node's sockets, unless a newer one was shown already.
func (s *Service) show(ctx context.Context, p Public) {
	id := p.Board.ContestID
	top := s.hub.Prepare(topicOf(audienceTopic, id), live.Message{Kind: "board", Epoch: 1, Seq: p.Version, Data: topOf(p)})
	s.mu.Lock()
	w := s.board(id)
	if w.public != nil && w.public.Version >= p.Version {
		s.mu.Unlock()
		return
	}
	w.public, w.places, w.top = &p, placesOf(p.Board), top
	s.mu.Unlock()

	s.hub.Publish(topicOf(audienceTopic, id), top)
	s.showOwn(id, &p)
	organizers := topicOf(organizerTopic, id)
	if s.hub.Count(organizers) > 0 {
		m, err := s.wholeMessage(ctx, id, p)
		if err != nil {
			s.log.Warn("showing organizers the board", "contest", id, "error", err)
			return
		}
		s.hub.Publish(organizers, m)
	}
}

// showOwn sends each contestant of this node the own row, where it changed.
func (s *Service) showOwn(contestID int64, p *Public) {
	topic := topicOf(contestantTopic, contestID)
	views := map[int64]OwnBoardView{}
	keys := s.hub.Keys(topic)
	s.mu.Lock()
	w := s.board(contestID)
	if w.public != p {
		s.mu.Unlock() // a newer one is being shown
		return
	}
	for k := range keys {
		id, ok := entryOf(k)
		if !ok {
			continue
		}
		v := w.places.own(p, id)
		if old, ok := w.own[id]; ok && reflect.DeepEqual(old, v) {
			continue
		}
		views[id], w.own[id] = v, v
	}
	s.mu.Unlock()
	for id, v := range views {
		s.hub.PublishKey(topic, live.EntryKey(id), live.Message{Kind: "own_board", Epoch: 1, Seq: p.Version, Data: v})
	}
}

// watching lists the contests whose boards somebody watches on this node.
func (s *Service) watching() []int64 {
	seen := map[int64]bool{}
	for _, pattern := range []string{audienceTopic, contestantTopic, organizerTopic, screenTopic} {
		for _, p := range s.hub.Topics(pattern) {
			seen[p["contest"]] = true
		}
	}
	ids := make([]int64, 0, len(seen))
	for id := range seen {
		ids = append(ids, id)
	}
	return ids
}

// checkScreens shows what was changed on another node while hints were lost.
func (s *Service) checkScreens(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for _, p := range s.hub.Topics(screenTopic) {
		s.showScreen(ctx, p["contest"])
	}
}

// checkWatched looks for changes that were missed (a process died between its commit and the board) and for boards
// that Redis lost, and forgets boards that nobody watches.
func (s *Service) checkWatched(ctx context.Context) {
	ids := s.watching()
	s.mu.Lock()
	for id, w := range s.boards {
		if !w.dirty && !slices.Contains(ids, id) {
			delete(s.boards, id)
		}
	}
	s.mu.Unlock()
	s.checkScreens(ctx)
	for _, id := range ids {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		versions, err := s.versions(ctx, id)
		if err == nil {
			_, lost := s.pointer(ctx, id)
			s.mu.Lock()
			stale := s.board(id).builtFrom != versions
			s.mu.Unlock()
			if stale || errors.Is(lost, errNoBoard) {
				s.Changed(id)
			} else {
				s.reload(ctx, id)
			}
		}
		cancel()
	}
}
