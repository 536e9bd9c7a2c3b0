package stage

import (
	"context"
	"fmt"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/scoring"
)

func contestantTopic(roundID int64) string { return fmt.Sprintf("contestant/round/%d", roundID) }
func audienceTopic(roundID int64) string   { return fmt.Sprintf("audience/round/%d", roundID) }
func organizerTopic(roundID int64) string  { return fmt.Sprintf("organizer/round/%d", roundID) }

// Topics of this room.
const (
	TopicContestant = "contestant/round/{round}"
	TopicAudience   = "audience/round/{round}"
	TopicOrganizer  = "organizer/round/{round}"
)

var (
	errNoEntry        = fault.New(fault.Unauthenticated, "not_an_entry", "Hãy vào thi bằng số báo danh và mã dự thi.", "Enter with the candidate number and code first.")
	errNotStaff       = fault.New(fault.Forbidden, "not_permitted", "Tài khoản này không có quyền điều hành vòng thi.", "This account may not run the round.")
	errTooManyAnswers = fault.New(fault.TooMany, "too_many_answers", "Thay đổi câu trả lời quá nhiều lần ở câu này. Câu đã lưu cuối cùng vẫn được tính.", "The answer to this item was changed too often. The last one saved counts.")
	errNotOnNow       = conflict("item_not_open_for_answers", "Câu này không nhận trả lời. Câu đã lưu không mất.", "This item takes no answers. Nothing that was saved is lost.")
)

// AnswerCommand is a contestant's answer. Play, writer and seq are its key: sent again unchanged, it is stored once.
type AnswerCommand struct {
	Play    int32          `json:"play" minimum:"1" maximum:"100000"`
	Writer  int32          `json:"writer" minimum:"1" doc:"From claim_device"`
	Seq     int32          `json:"seq" minimum:"1" maximum:"1000000" doc:"Counted up by the device with every change"`
	Options []string       `json:"options,omitempty" maxItems:"26" doc:"Ids of the chosen options, or all of them in the order given; an answer with nothing in it takes an earlier one back"`
	Text    string         `json:"text,omitempty" maxLength:"400" doc:"What was typed"`
	Parts   []scoring.Part `json:"parts,omitempty" maxItems:"26" doc:"For items with several parts: a statement and 'true' or 'false', an option and its target, a blank and what was put in"`
}

// AnswerStored says that an answer stands in Postgres.
type AnswerStored struct {
	Play       int32 `json:"play"`
	Seq        int32 `json:"seq"`
	ReceivedUs int64 `json:"received_us" doc:"Contest time at which it arrived"`
}

// ClaimCommand asks for the right to answer from this device.
type ClaimCommand struct {
	Writer int32 `json:"writer,omitempty" minimum:"0" doc:"The number this page had before its connection broke"`
}

// Claimed gives the device its number.
type Claimed struct {
	Writer int32 `json:"writer" doc:"Answers with a lower number are refused from now on"`
}

// ReleaseEntryCommand lets another device answer for an entry.
type ReleaseEntryCommand struct {
	EntryID int64 `json:"entry_id" minimum:"1"`
}

// CueCommand is what the host does.
type CueCommand struct {
	Cue      Cue        `json:"cue" enum:"start,next,open,close,reveal,pause,resume,extend,void,replace,correct,screen,board,auto,media,finish,scored,undo"`
	Expected int64      `json:"expected" minimum:"0" doc:"The seq of the view on which the host decided: a second click finds that the round has moved on"`
	Play     int32      `json:"play,omitempty" minimum:"0" doc:"For void and correct"`
	Item     int64      `json:"item,omitempty" minimum:"0" doc:"For next and replace: another than the next in order"`
	Version  int64      `json:"version,omitempty" minimum:"0" doc:"For correct: the version of the item whose key counts"`
	Policy   VoidPolicy `json:"policy,omitempty" enum:"nobody,everybody" doc:"For void; none: it counts again"`
	Screen   Screen     `json:"screen,omitempty" enum:"waiting,black,question,board" doc:"For screen"`
	On       bool       `json:"on,omitempty" doc:"For board, auto and media"`
	Reason   string     `json:"reason,omitempty" maxLength:"400"`
}

// CueDone is the reply to a cue.
type CueDone struct {
	Seq int64 `json:"seq" doc:"Number of the event that the cue made"`
}

// Register puts the room's topics and commands on a hub.
func (s *Service) Register(h *live.Hub) {
	live.Declare[ContestantView](h, KindContestant)
	live.Declare[OwnView](h, KindOwn)
	live.Declare[AudienceView](h, KindAudience)
	live.Declare[ConsoleView](h, KindConsole)
	live.Declare[ConsoleCounts](h, KindCounts)
	live.Declare[HallCount](h, KindHallCount)
	h.Topic(TopicContestant, live.TopicSpec{Need: "topic:" + TopicContestant, Open: s.openContestant, Closed: s.closedContestant})
	h.Topic(TopicAudience, live.TopicSpec{Need: "topic:" + TopicAudience, Open: s.openAudience})
	h.Topic(TopicOrganizer, live.TopicSpec{Need: "topic:" + TopicOrganizer, Open: s.openOrganizer})
	live.Handle(h, "answer", live.CommandSpec{Need: "command:answer", Topic: TopicContestant, Concurrent: true},
		func(ctx context.Context, c *live.Client, cmd live.Command, data AnswerCommand) (AnswerStored, error) {
			return s.Answer(ctx, c.Principal(), cmd.Params["round"], cmd.ReceivedUs, data)
		})
	live.Handle(h, "claim_device", live.CommandSpec{Need: "command:claim_device", Topic: TopicContestant},
		func(ctx context.Context, c *live.Client, cmd live.Command, data ClaimCommand) (Claimed, error) {
			return s.Claim(ctx, c.Principal(), cmd.Params["round"], data)
		})
	live.Handle(h, "release_device", live.CommandSpec{Need: "command:release_device", Topic: TopicContestant},
		func(ctx context.Context, c *live.Client, cmd live.Command, _ live.Nothing) (live.Nothing, error) {
			r, entry, err := s.contestant(ctx, c.Principal(), cmd.Params["round"])
			if err != nil {
				return live.Nothing{}, err
			}
			return live.Nothing{}, s.releaseBy(ctx, r, entry.EntryID, entry.DeviceID)
		})
	live.Handle(h, "release_entry_device", live.CommandSpec{Need: "command:release_entry_device", Topic: TopicOrganizer},
		func(ctx context.Context, c *live.Client, cmd live.Command, data ReleaseEntryCommand) (live.Nothing, error) {
			r, err := s.staff(ctx, c.Principal(), cmd.Params["round"], account.RoleHost, account.RoleSecretary)
			if err != nil {
				return live.Nothing{}, err
			}
			if _, err := r.entry(ctx, data.EntryID); err != nil {
				return live.Nothing{}, err
			}
			return live.Nothing{}, s.release(ctx, r.id, data.EntryID)
		})
	live.Handle(h, "cue", live.CommandSpec{Need: "command:cue", Topic: TopicOrganizer},
		func(ctx context.Context, c *live.Client, cmd live.Command, data CueCommand) (CueDone, error) {
			return s.HostCue(ctx, c.Principal(), cmd.Params["round"], data)
		})
}

// contestant finds the round and makes sure that the device belongs to an entry of its contest.
func (s *Service) contestant(ctx context.Context, p account.Principal, roundID int64) (*room, account.EntrySession, error) {
	if p.Entry == nil {
		return nil, account.EntrySession{}, errNoEntry
	}
	r, err := s.room(ctx, roundID)
	if err != nil {
		return nil, account.EntrySession{}, err
	}
	if !p.IsEntry(r.details().contestID) {
		return nil, account.EntrySession{}, errNotInRound
	}
	return r, *p.Entry, nil
}

// staff finds the round for somebody who holds one of the roles in its contest.
func (s *Service) staff(ctx context.Context, p account.Principal, roundID int64, roles ...account.Role) (*room, error) {
	r, err := s.room(ctx, roundID)
	if err != nil {
		return nil, err
	}
	for _, role := range roles {
		if p.Has(r.details().contestID, role) {
			return r, nil
		}
	}
	return nil, errNotStaff
}

func (s *Service) openContestant(ctx context.Context, c *live.Client, params live.Params) (live.Snapshot, error) {
	r, entry, err := s.contestant(ctx, c.Principal(), params["round"])
	if err != nil {
		return nil, err
	}
	if err := r.recent(ctx); err != nil {
		return nil, err
	}
	own, err := r.ownView(ctx, entry.EntryID)
	if err != nil {
		return nil, err
	}
	r.sockets.add(entry.EntryID, entry.DeviceID, 1)
	r.mu.Lock()
	frame, state := r.frames.contestant, r.state
	r.mu.Unlock()
	if p := state.CurrentPlay(); p != nil && p.OpensUs != 0 {
		r.shown.note(p.Number, entry.EntryID, p.OpensUs)
	}
	return live.Snapshot{frame, {Kind: KindOwn, Data: own}}, nil
}

func (s *Service) closedContestant(c *live.Client, params live.Params) {
	s.mu.Lock()
	r := s.rooms[params["round"]]
	s.mu.Unlock()
	if e := c.Principal().Entry; r != nil && e != nil {
		r.left(e.EntryID, e.DeviceID)
	}
}

func (s *Service) openAudience(ctx context.Context, _ *live.Client, params live.Params) (live.Snapshot, error) {
	r, err := s.room(ctx, params["round"])
	if err != nil {
		return nil, err
	}
	if err := r.recent(ctx); err != nil {
		return nil, err
	}
	if err := r.public(ctx); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return live.Snapshot{r.frames.audience, {Kind: KindHallCount, Data: r.hallCount}}, nil
}

// public tells whether the audience may know of the round: not while its contest is a draft. A contest never becomes a
// draft again, so once seen public it stays so.
func (r *room) public(ctx context.Context) error {
	in := r.details()
	if !in.draft {
		return nil
	}
	c, err := r.s.cfg.Contests.Get(ctx, in.contestID)
	if err != nil {
		return err
	}
	if c.State == contest.Draft {
		return fault.NothingHere
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.info.draft = false
	return nil
}

func (s *Service) openOrganizer(ctx context.Context, c *live.Client, params live.Params) (live.Snapshot, error) {
	r, err := s.staff(ctx, c.Principal(), params["round"], account.RoleHost, account.RoleSecretary)
	if err != nil {
		return nil, err
	}
	if err := r.recent(ctx); err != nil {
		return nil, err
	}
	counts, err := r.count(ctx)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return live.Snapshot{r.frames.console, {Kind: KindCounts, Data: counts}}, nil
}

// Answer takes a contestant's answer on its whole way; it returns only after the commit.
func (s *Service) Answer(ctx context.Context, principal account.Principal, roundID, receivedUs int64, in AnswerCommand) (AnswerStored, error) {
	r, entry, err := s.contestant(ctx, principal, roundID)
	if err != nil {
		return AnswerStored{}, err
	}
	if _, err := r.entry(ctx, entry.EntryID); err != nil {
		return AnswerStored{}, err
	}
	p, content, err := r.playFor(ctx, in.Play)
	if err != nil {
		return AnswerStored{}, err
	}
	if receivedUs < p.OpensUs {
		return AnswerStored{}, errNotOnNow
	}
	if !r.tries.may(in.Play, entry.EntryID) {
		return AnswerStored{}, errTooManyAnswers
	}
	response, f := content.Content.ReadAnswer(scoring.Typed{Options: in.Options, Text: in.Text, Parts: in.Parts})
	if f != nil {
		return AnswerStored{}, f
	}
	done, err := r.answers.ask(ctx, arrival{
		play: in.Play, entryID: entry.EntryID, writer: in.Writer, seq: in.Seq, receivedUs: receivedUs,
		shownUs: r.shown.of(in.Play, entry.EntryID), payload: response.Canonical(),
	})
	if err != nil {
		return AnswerStored{}, err
	}
	return AnswerStored{Play: in.Play, Seq: in.Seq, ReceivedUs: done.ReceivedUs}, nil
}

// playFor finds a play that was opened. This node may be a moment behind the one that opened it. Whether answers are
// still taken is for the gate in Postgres to say, not for this node's memory.
func (r *room) playFor(ctx context.Context, number int32) (*Play, Version, error) {
	for range 2 {
		r.mu.Lock()
		state, contents := r.state, r.contents
		r.mu.Unlock()
		if p := state.Play(number); p != nil && p.OpensUs != 0 {
			return p, contents[p.VersionID], nil
		}
		if err := r.refresh(ctx); err != nil {
			return nil, Version{}, err
		}
	}
	return nil, Version{}, errNotOnNow
}

// Claim gives the device of a principal the right to answer.
func (s *Service) Claim(ctx context.Context, principal account.Principal, roundID int64, in ClaimCommand) (Claimed, error) {
	r, entry, err := s.contestant(ctx, principal, roundID)
	if err != nil {
		return Claimed{}, err
	}
	writer, err := r.claim(ctx, entry.EntryID, entry.DeviceID, in.Writer)
	return Claimed{Writer: writer}, err
}

// HostCue carries out a cue of a person who may give it.
func (s *Service) HostCue(ctx context.Context, principal account.Principal, roundID int64, in CueCommand) (CueDone, error) {
	if _, err := s.staff(ctx, principal, roundID, account.RoleHost); err != nil {
		return CueDone{}, err
	}
	ctx = account.With(ctx, principal)
	seq, err := s.Give(ctx, roundID, in.Expected, Command{Cue: in.Cue, By: principal.AccountID, Play: in.Play, Item: in.Item,
		Version: in.Version, Policy: in.Policy, Screen: in.Screen, On: in.On, Reason: in.Reason})
	return CueDone{Seq: seq}, err
}
