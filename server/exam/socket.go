package exam

import (
	"context"
	"fmt"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/roster"
)

func contestantTopic(roundID int64) string { return fmt.Sprintf("contestant/exam/%d", roundID) }

// Register puts the room's topics and commands on a hub.
func (s *Service) Register(h *live.Hub) {
	live.Declare[RoundView](h, KindRound)
	live.Declare[OwnView](h, KindOwn)
	live.Declare[PaperView](h, KindPaper)
	h.Topic(TopicContestant, live.TopicSpec{Need: "topic:" + TopicContestant, Open: s.openContestant, Closed: s.closedContestant})
	s.registerControl(h)
	// Nothing of an entry's own need wait for another: a start may wait for the database while a response goes through.
	live.Handle(h, "start_attempt", spec("start_attempt", true), func(ctx context.Context, c *live.Client, cmd live.Command, data StartCommand) (Started, error) {
		return s.StartAttempt(ctx, c.Principal(), cmd.Params["round"], cmd.ReceivedUs, data)
	})
	live.Handle(h, "respond", spec("respond", true), func(ctx context.Context, c *live.Client, cmd live.Command, data RespondCommand) (ResponseStored, error) {
		return s.Respond(ctx, c.Principal(), cmd.Params["round"], cmd.ReceivedUs, data)
	})
	live.Handle(h, "claim_attempt", spec("claim_attempt", false), func(ctx context.Context, c *live.Client, cmd live.Command, data ClaimAttemptCommand) (Started, error) {
		return s.Claim(ctx, c.Principal(), cmd.Params["round"], data)
	})
	live.Handle(h, "release_attempt", spec("release_attempt", false), func(ctx context.Context, c *live.Client, cmd live.Command, data ReleaseAttemptCommand) (live.Nothing, error) {
		return live.Nothing{}, s.Release(ctx, c.Principal(), cmd.Params["round"], data)
	})
	live.Handle(h, "submit_attempt", spec("submit_attempt", true), func(ctx context.Context, c *live.Client, cmd live.Command, data SubmitCommand) (Submitted, error) {
		return s.Submit(ctx, c.Principal(), cmd.Params["round"], cmd.ReceivedUs, data)
	})
	live.Handle(h, "away", spec("away", false), func(ctx context.Context, c *live.Client, cmd live.Command, data AwayCommand) (live.Nothing, error) {
		return live.Nothing{}, s.Away(ctx, c.Principal(), cmd.Params["round"], data)
	})
}

func spec(kind string, concurrent bool) live.CommandSpec {
	return live.CommandSpec{Need: "command:" + kind, Topic: TopicContestant, Concurrent: concurrent}
}

// printed is the candidate number as it stands on cards.
func (p person) printed() string { return roster.NumberText(int(p.Number)) }

// contestant finds the round and makes sure that the device belongs to an entry of its contest.
func (s *Service) contestant(ctx context.Context, p account.Principal, roundID int64) (*room, account.EntrySession, error) {
	if p.Entry == nil {
		return nil, account.EntrySession{}, errNoEntry
	}
	r, err := s.room(ctx, roundID)
	if err != nil {
		return nil, account.EntrySession{}, err
	}
	if !p.IsEntry(r.known().contest.ID) {
		return nil, account.EntrySession{}, errNotInRound
	}
	return r, *p.Entry, nil
}

func (s *Service) openContestant(ctx context.Context, c *live.Client, params live.Params) (live.Snapshot, error) {
	return s.arrive(ctx, c.Principal(), params["round"])
}

// arrive is what a device sees first.
func (s *Service) arrive(ctx context.Context, p account.Principal, roundID int64) (live.Snapshot, error) {
	r, entry, err := s.contestant(ctx, p, roundID)
	if err != nil {
		return nil, err
	}
	if err := r.recent(ctx); err != nil {
		return nil, err
	}
	f := r.known()
	if f.contest.State == contest.Draft { // or was, when the round was read last: opening a contest is no event of it
		now, err := s.contests.Get(ctx, f.contest.ID)
		if err != nil {
			return nil, err
		}
		if now.State == contest.Draft {
			return nil, errNotInRound
		}
	}
	view, part, err := r.ownViews(ctx, entry.EntryID)
	if err != nil {
		return nil, err
	}
	snapshot := live.Snapshot{f.frame, {Kind: KindOwn, Data: part.forDevice(view, entry.DeviceID)}}
	paper, err := r.paper(ctx, part)
	if err != nil {
		return nil, err
	}
	if paper != nil {
		snapshot = append(snapshot, live.Message{Kind: KindPaper, Data: *paper})
	}
	open := part.open()
	r.came(entry.EntryID, entry.DeviceID, open != nil && open.DeviceID == entry.DeviceID && open.GoneUs != 0)
	return snapshot, nil
}

func (s *Service) closedContestant(c *live.Client, params live.Params) {
	s.mu.Lock()
	r := s.rooms[params["round"]]
	s.mu.Unlock()
	if e := c.Principal().Entry; r != nil && e != nil {
		r.left(e.EntryID, e.DeviceID)
	}
}
