package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/demo"
	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/scoring"
	"github.com/hoithi/hoithi/server/stage"
)

// DemoLogins are the sign-ins of the demo's people. They are random, made with the demo, and kept in the database so
// that every start can print them.
type DemoLogins struct {
	ContestID int64  `json:"contest_id"`
	Slug      string `json:"slug"`
	ExamID    int64  `json:"exam_id,omitzero"` // of the online exam
	ExamSlug  string `json:"exam_slug,omitempty"`
	VoteSlug  string `json:"vote_slug,omitempty"` // of the public vote
	VoteRound int64  `json:"vote_round,omitzero"`
	// VoteTickets are codes that nobody has used yet.
	VoteTickets []string    `json:"vote_tickets,omitempty"`
	Organizer   DemoLogin   `json:"organizer"`
	Secretary   DemoLogin   `json:"secretary"`
	Supervisor  DemoLogin   `json:"supervisor"`
	Timekeeper  DemoLogin   `json:"timekeeper"`
	Leader      DemoLogin   `json:"leader"`
	Author      DemoLogin   `json:"author"`
	Reviewer    DemoLogin   `json:"reviewer"`
	Judges      []DemoLogin `json:"judges"`
}

// DemoLogin is one account of the demo.
type DemoLogin struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Login    string `json:"login"`
	Password string `json:"password"`
}

const demoSecret = "demo_logins"

// Demo gives the sign-ins of the newest demo; nil when there is none.
func (a *App) Demo(ctx context.Context) (*DemoLogins, error) {
	var body []byte
	err := a.DB.QueryRow(ctx, `SELECT value FROM server_secret WHERE name = $1`, demoSecret).Scan(&body)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, postgres.Fault(err)
	}
	var d DemoLogins
	return &d, json.Unmarshal(body, &d)
}

// Seed makes the demo contest with its bank, people and teams, through the same operations as an organizer's browser.
// A further call makes a further contest beside the first; the people stay the same.
func (a *App) Seed(ctx context.Context) (*DemoLogins, error) {
	content, err := demo.Load()
	if err != nil {
		return nil, err
	}
	logins, err := a.demoPeople(ctx, content)
	if err != nil {
		return nil, fmt.Errorf("the demo's people: %w", err)
	}
	ctx = account.With(ctx, account.Principal{AccountID: logins.Organizer.ID, Name: logins.Organizer.Name, Locale: "vi"})
	if err := a.demoUnits(ctx); err != nil {
		return nil, fmt.Errorf("the demo's units: %w", err)
	}
	c, err := a.demoContest(ctx, content)
	if err != nil {
		return nil, fmt.Errorf("the demo's contest: %w", err)
	}
	logins.ContestID, logins.Slug = c.ID, c.Slug
	if err := a.demoGrants(ctx, c, logins); err != nil {
		return nil, fmt.Errorf("the demo's permissions: %w", err)
	}
	entries, err := a.demoTeams(ctx, c, content)
	if err != nil {
		return nil, fmt.Errorf("the demo's teams: %w", err)
	}
	if err := a.demoPlan(ctx, c, entries); err != nil {
		return nil, fmt.Errorf("the demo's blocks and targets: %w", err)
	}
	if err := a.demoLeader(ctx, c, logins, entries); err != nil {
		return nil, fmt.Errorf("the demo's leader: %w", err)
	}
	if err := a.demoRounds(ctx, c, content, logins, entries); err != nil {
		return nil, fmt.Errorf("the demo's rounds: %w", err)
	}
	if err := a.demoTies(ctx, c, content); err != nil {
		return nil, fmt.Errorf("the demo's judges and their units: %w", err)
	}
	if err := a.demoPapers(ctx, c); err != nil {
		return nil, fmt.Errorf("the demo's papers: %w", err)
	}
	if err := a.demoReview(ctx, c, logins); err != nil {
		return nil, fmt.Errorf("the demo's review: %w", err)
	}
	for _, step := range []contest.State{contest.Open, contest.Running} {
		if c, err = a.Contests.Advance(ctx, c.ID, c.State, step); err != nil {
			return nil, fmt.Errorf("the demo's contest goes to %s: %w", step, err)
		}
		if step == contest.Open {
			if err := a.demoRegistrations(ctx, c, entries); err != nil {
				return nil, fmt.Errorf("the demo's registrations: %w", err)
			}
		}
	}
	online, err := a.demoExam(ctx, content, entries)
	if err != nil {
		return nil, fmt.Errorf("the demo's online exam: %w", err)
	}
	logins.ExamID, logins.ExamSlug = online.ID, online.Slug
	voted, tickets, err := a.demoVote(ctx, content)
	if err != nil {
		return nil, fmt.Errorf("the demo's public vote: %w", err)
	}
	logins.VoteSlug, logins.VoteRound, logins.VoteTickets = voted.Slug, voted.Rounds[0].ID, tickets
	body, err := json.Marshal(logins)
	if err != nil {
		return nil, err
	}
	_, err = a.DB.Exec(ctx, `INSERT INTO server_secret (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, demoSecret, body)
	return logins, err
}

func (a *App) demoContest(ctx context.Context, content demo.Contest) (contest.Contest, error) {
	// The evening is tonight at 19:00, in the contest's own time zone.
	zone := time.FixedZone("Asia/Ho_Chi_Minh", 7*3600)
	now := time.Now().In(zone)
	evening := time.Date(now.Year(), now.Month(), now.Day(), 19, 0, 0, 0, zone)
	c, err := a.Contests.Create(ctx, contest.Answers{Template: content.Template, Name: content.Name, Venue: content.Venue,
		OrganizerName: content.OrganizerName, StartsAt: &evening, Divisions: []string{content.Division}})
	if err != nil {
		return c, err
	}
	c.Rules, c.TieBreakers, c.TeamMin, c.TeamMax = content.Rules, content.TieBreakers, content.TeamMin, content.TeamMax
	if c, err = a.Contests.Update(ctx, c); err != nil {
		return c, err
	}
	for i, r := range content.Rounds {
		if c, err = a.Contests.UpdateRound(ctx, c.ID, c.Rounds[i].ID, r.Name, nil, r.Weight); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (a *App) demoTeams(ctx context.Context, c contest.Contest, content demo.Contest) ([]roster.Entry, error) {
	drafts := make([]roster.Draft, len(content.Teams))
	for i, t := range content.Teams {
		drafts[i] = roster.Draft{DivisionID: c.Divisions[0].ID, UnitName: t.Unit, Name: t.Name}
		for _, m := range t.Members {
			role := roster.RoleMember
			if m.Captain {
				role = roster.RoleCaptain
			}
			drafts[i].Members = append(drafts[i].Members, roster.Member{Name: m.Name, Role: role})
		}
	}
	return a.Roster.AddAll(ctx, c.ID, drafts)
}

func (a *App) demoRounds(ctx context.Context, c contest.Contest, content demo.Contest, d *DemoLogins, entries []roster.Entry) error {
	versions, err := a.demoBank(ctx, c)
	if err != nil {
		return err
	}
	var panel []int64
	var head int64
	for i, j := range d.Judges {
		panel = append(panel, j.ID)
		if content.Judges[i].Head {
			head = j.ID
		}
	}
	for i, r := range content.Rounds {
		round := c.Rounds[i]
		if r.Quiz != nil {
			if err := a.demoQuiz(ctx, c, round, *r.Quiz, versions); err != nil {
				return err
			}
			continue
		}
		if err := a.demoJudged(ctx, c, round, *r.Judged); err != nil {
			return err
		}
		if err := a.Judging.SetPanel(ctx, c.ID, round.ID, panel, head); err != nil {
			return err
		}
		turns := make([]judging.Turn, len(entries))
		for n, e := range entries {
			turns[n] = judging.Turn{EntryID: e.ID}
			switch r.Key {
			case "skit":
				turns[n].Title = "“" + content.Teams[n].Skit + "”"
			case "situation":
				turns[n].Title = content.Situations[n%len(content.Situations)].Title
			}
		}
		if err := a.Judging.SetOrder(ctx, c.ID, round.ID, turns); err != nil {
			return err
		}
	}
	return nil
}

// demoBank fills the contest's bank and gives the version of each item by its ref.
func (a *App) demoBank(ctx context.Context, c contest.Contest) (map[string]int64, error) {
	items, err := demo.Items()
	if err != nil {
		return nil, err
	}
	contents := make([]bank.Content, len(items))
	for i, x := range items {
		contents[i] = x.Content
	}
	versions := map[string]int64{}
	err = postgres.InTx(ctx, a.DB, func(tx pgx.Tx) error {
		added, err := a.Bank.Add(ctx, tx, c.BankID, contents, "")
		for i, v := range added {
			versions[items[i].Ref] = v.ID
		}
		return err
	})
	return versions, err
}

func (a *App) demoQuiz(ctx context.Context, c contest.Contest, round contest.Round, q demo.Quiz, versions map[string]int64) error {
	setup, err := a.Stage.Setup(ctx, c.ID, round.ID)
	if err != nil {
		return err
	}
	settings := setup.Settings
	settings.Points, settings.Scoring = q.Points, stage.ScoringFixed
	if q.BySpeed {
		settings.Scoring = stage.ScoringSpeed
	}
	if setup, err = a.Stage.SaveSettings(ctx, c.ID, round.ID, setup.Version, settings); err != nil {
		return err
	}
	var items []stage.SetupItem
	add := func(list []demo.QuizItem, reserve bool) error {
		for _, x := range list {
			id, ok := versions[x.Ref]
			if !ok {
				return fmt.Errorf("the bank has no item %q", x.Ref)
			}
			seconds := int64(x.Seconds)
			items = append(items, stage.SetupItem{VersionID: id, DurationS: &seconds, Reserve: reserve})
		}
		return nil
	}
	if err := errors.Join(add(q.Items, false), add(q.Reserve, true)); err != nil {
		return err
	}
	_, err = a.Stage.SaveItems(ctx, c.ID, round.ID, setup.Version, items)
	return err
}

func (a *App) demoJudged(ctx context.Context, c contest.Contest, round contest.Round, j demo.Judged) error {
	criteria := make([]judging.Criterion, len(j.Criteria))
	for i, x := range j.Criteria {
		criteria[i] = judging.Criterion{Name: x.Name, Description: x.Description,
			Criterion: scoring.Criterion{Max: x.Max, Step: x.Step, Weight: x.Weight}}
	}
	if err := a.Judging.SetRubric(ctx, c.ID, round.ID, criteria); err != nil {
		return err
	}
	how := scoring.Combining{Method: scoring.Mean, Decimals: 2}
	if j.Trimmed {
		how = scoring.Combining{Method: scoring.TrimmedMean, Drop: 1, Decimals: 2}
	}
	return a.Judging.SetRules(ctx, c.ID, round.ID, judging.MarkingRules{Combining: how, Overtime: j.Overtime})
}
