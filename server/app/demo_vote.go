package app

import (
	"context"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/demo"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/vote"
)

const (
	demoVoteName    = "Tiết mục được yêu thích 2026"
	demoVoteRound   = "Khán giả bình chọn tiết mục"
	demoVoteTickets = 60
	// demoVoteUsed of them have voted when the demo begins; the last three are printed at the start.
	demoVoteUsed = 42
	demoVoteTold = 3
)

// demoVote makes a contest of its own that the audience decides: the demo's teams, an open vote with a live count,
// tickets of which most are used, and the codes of three that are not.
func (a *App) demoVote(ctx context.Context, content demo.Contest) (contest.Contest, []string, error) {
	c, err := a.Contests.Create(ctx, contest.Answers{Template: content.Template, Name: demoVoteName, OrganizerName: content.OrganizerName, Venue: content.Venue})
	if err != nil {
		return c, nil, err
	}
	others := c.Rounds
	if c, err = a.Contests.AddRound(ctx, c.ID, contest.RoundSpec{Kind: contest.Vote, Name: demoVoteRound, Weight: 10_000}); err != nil {
		return c, nil, err
	}
	for _, r := range others {
		if c, err = a.Contests.RemoveRound(ctx, c.ID, r.ID); err != nil {
			return c, nil, err
		}
	}
	round := c.Rounds[0]
	drafts := make([]roster.Draft, len(content.Teams))
	for i, t := range content.Teams {
		drafts[i] = roster.Draft{DivisionID: c.Divisions[0].ID, UnitName: t.Unit, Name: t.Name}
		for _, m := range t.Members {
			drafts[i].Members = append(drafts[i].Members, roster.Member{Name: m.Name})
		}
	}
	entries, err := a.Roster.AddAll(ctx, c.ID, drafts)
	if err != nil {
		return c, nil, err
	}
	settings := vote.DefaultSettings
	settings.Live = true
	if err := a.Votes.SetSettings(ctx, c.ID, round.ID, settings); err != nil {
		return c, nil, err
	}
	made, _, err := a.Votes.MakeTickets(ctx, c.ID, round.ID, demoVoteTickets)
	if err != nil {
		return c, nil, err
	}
	for _, step := range []contest.State{contest.Open, contest.Running} {
		if c, err = a.Contests.Advance(ctx, c.ID, c.State, step); err != nil {
			return c, nil, err
		}
	}
	if err := a.Votes.Open(ctx, c.ID, round.ID); err != nil {
		return c, nil, err
	}
	for i, ticket := range made.Codes[:demoVoteUsed] {
		// Squares fall unevenly on the teams, as votes do.
		if _, err := a.Votes.Cast(ctx, round.ID, vote.Ballot{EntryID: entries[i*i%len(entries)].ID, Ticket: ticket}); err != nil {
			return c, nil, err
		}
	}
	return c, made.Codes[demoVoteTickets-demoVoteTold:], nil
}
