package leaderboard

import (
	"context"
	"errors"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/leaderboard/leaderboarddb"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/postgres"
)

// ScreenMode is what the hall's projector shows.
type ScreenMode string

// Modes of the projector. In mode round it follows the round: a question, the performance on stage, or a vote.
const (
	ScreenWaiting ScreenMode = "waiting"
	ScreenBlack   ScreenMode = "black"
	ScreenRound   ScreenMode = "round"
	ScreenBoard   ScreenMode = "board"
	// ScreenCeremony follows the ceremony that tells the result.
	ScreenCeremony ScreenMode = "ceremony"
)

// ScreenView tells a projector what to show.
type ScreenView struct {
	Mode       ScreenMode `json:"mode" enum:"waiting,black,round,board,ceremony"`
	RoundID    int64      `json:"round_id,omitzero" doc:"Mode round: which; mode board: of this round alone"`
	DivisionID int64      `json:"division_id,omitzero" doc:"Mode board: only this division"`
}

// HallView is what a projector gets: its picture, and the address that phones in the hall are told.
type HallView struct {
	ScreenView
	Address string `json:"address" doc:"Of this server for phones in the hall, such as http://192.168.1.10:8080; the projector's own may be localhost"`
}

const (
	screenTopic = "audience/screen/{contest}"
	screenHint  = "screen"
)

var badScreen = fault.New(fault.Invalid, "invalid_screen",
	"Hãy chọn vòng thi để chiếu. Màn hình vẫn giữ hình cũ.", "Choose a round to show. The screen keeps its picture.")

// Screen is what the projector of a contest shows now.
func (s *Service) Screen(ctx context.Context, contestID int64) (ScreenView, int64, error) {
	row, err := s.q.Screen(ctx, contestID)
	if errors.Is(err, pgx.ErrNoRows) {
		return ScreenView{Mode: ScreenWaiting}, 0, nil
	}
	if err != nil {
		return ScreenView{}, 0, postgres.Fault(err)
	}
	v := ScreenView{Mode: ScreenMode(row.Mode)}
	if row.RoundID != nil {
		v.RoundID = *row.RoundID
	}
	if row.DivisionID != nil {
		v.DivisionID = *row.DivisionID
	}
	if v.Mode == ScreenRound && v.RoundID == 0 {
		v.Mode = ScreenWaiting // its round was removed
	}
	return v, row.Seq, nil
}

// SetScreen changes what the projector shows, on all nodes.
func (s *Service) SetScreen(ctx context.Context, contestID int64, v ScreenView) error {
	if v.Mode == ScreenRound && v.RoundID == 0 {
		return badScreen
	}
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return err
	}
	params := leaderboarddb.SetScreenParams{ContestID: contestID, Mode: string(v.Mode)}
	if v.RoundID != 0 {
		if _, ok := c.Round(v.RoundID); !ok {
			return badScreen
		}
		params.RoundID = &v.RoundID
	}
	for _, d := range c.Divisions {
		if d.ID == v.DivisionID {
			params.DivisionID = &v.DivisionID
		}
	}
	if _, err := s.q.SetScreen(ctx, params); err != nil {
		return postgres.Fault(err)
	}
	s.relay.Hint(screenHint, strconv.FormatInt(contestID, 10))
	s.showScreen(ctx, contestID)
	return nil
}

// Follow lets the hall's screen come along with a round that begins, unless somebody has chosen a picture on purpose.
// byHand says that a person began it now: then it also takes the place of another round.
func (s *Service) Follow(ctx context.Context, contestID, roundID int64, byHand bool) error {
	now, _, err := s.Screen(ctx, contestID)
	if err != nil {
		return err
	}
	if now.Mode == ScreenWaiting || byHand && now.Mode == ScreenRound && now.RoundID != roundID {
		return s.SetScreen(ctx, contestID, ScreenView{Mode: ScreenRound, RoundID: roundID})
	}
	return nil
}

func (s *Service) screenMessage(ctx context.Context, contestID int64) (live.Message, error) {
	v, seq, err := s.Screen(ctx, contestID)
	return live.Message{Kind: "screen", Epoch: 1, Seq: seq, Data: HallView{ScreenView: v, Address: s.address}}, err
}

func (s *Service) showScreen(ctx context.Context, contestID int64) {
	m, err := s.screenMessage(ctx, contestID)
	if err != nil {
		s.log.Warn("showing the projector's screen", "contest", contestID, "error", err)
		return
	}
	s.mu.Lock()
	shown := s.board(contestID).screen >= m.Seq
	s.board(contestID).screen = m.Seq
	s.mu.Unlock()
	if shown {
		return
	}
	s.hub.Publish(topicOf(screenTopic, contestID), m)
}

func (s *Service) screenTopics() {
	live.Declare[HallView](s.hub, "screen")
	s.hub.Topic(screenTopic, live.TopicSpec{Need: "topic:" + screenTopic,
		Open: func(ctx context.Context, _ *live.Client, p live.Params) (live.Snapshot, error) {
			if err := s.visible(ctx, p["contest"]); err != nil {
				return nil, err
			}
			m, err := s.screenMessage(ctx, p["contest"])
			return live.Snapshot{m}, err
		}})
}

// watchScreens shows on this node what was changed on another; checkWatched makes up for a hint that was lost.
func (s *Service) watchScreens(ctx context.Context) {
	s.relay.On(screenHint, func(_, payload string) {
		if id, err := strconv.ParseInt(payload, 10, 64); err == nil {
			s.showScreen(ctx, id)
		}
	})
}
