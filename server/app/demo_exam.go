package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/demo"
	"github.com/hoithi/hoithi/server/exam"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
)

// demoExam makes an online exam that people can take at once: a first week that is over, with results, and a second one
// that stays open for a month. The first week was really taken: by the same operations, with a clock that stood there.
func (a *App) demoExam(ctx context.Context, content demo.Contest, teams []roster.Entry) (contest.Contest, error) {
	c, err := a.Contests.Create(ctx, contest.Answers{Template: "exam_tries", Name: demo.ExamName, OrganizerName: content.OrganizerName, OpenEntry: true, AccountEntry: true})
	if err != nil {
		return c, err
	}
	contents, err := a.demoExamBank(ctx, c)
	if err != nil {
		return c, err
	}
	round := c.Rounds[0]
	now := time.Now()
	past := &pastExam{at: now.AddDate(0, 0, -9).Add(time.Hour), papers: map[string]exam.PaperView{}}
	service := exam.New(exam.Config{DB: a.DB, NowUs: past.nowUs, Hub: past, Contests: a.Contests, Papers: a.Papers, Bank: a.Bank, Log: a.Config.Log})
	defer service.Stop()
	setup, err := service.Setup(ctx, c.ID, round.ID)
	if err != nil {
		return c, err
	}
	settings := setup.Settings
	settings.ShowScore = exam.AtSubmit
	if setup, err = service.SaveSettings(ctx, c.ID, round.ID, setup.Version, settings); err != nil {
		return c, err
	}
	weeks := []exam.Window{
		{OpensUs: now.AddDate(0, 0, -9).UnixMicro(), ClosesUs: now.AddDate(0, 0, -2).UnixMicro()},
		{OpensUs: now.AddDate(0, 0, -2).UnixMicro(), ClosesUs: now.AddDate(0, 0, 28).UnixMicro()},
	}
	setup, err = service.SavePeriods(ctx, c.ID, round.ID, setup.Version, []exam.Period{
		{Name: "Thi trực tuyến tuần 1", Windows: weeks[:1]}, {Name: "Thi trực tuyến tuần 2", Windows: weeks[1:]}})
	if err != nil {
		return c, err
	}
	for _, p := range setup.Periods {
		if err := service.Prepare(ctx, c.ID, round.ID, p.ID); err != nil {
			return c, err
		}
	}
	entries, err := a.demoExamEntries(ctx, c, teams)
	if err != nil {
		return c, err
	}
	if err := a.demoPlan(ctx, c, entries); err != nil {
		return c, err
	}
	for _, step := range []contest.State{contest.Open, contest.Running} {
		if c, err = a.Contests.Advance(ctx, c.ID, c.State, step); err != nil {
			return c, err
		}
	}
	err = a.Exam.Hold(func() error {
		if err := service.Ready(ctx, c.ID, round.ID); err != nil {
			return err
		}
		// The first three have the second week still before them: their links are printed at the start.
		if err := past.sit(ctx, service, c, round.ID, setup.Periods[0].Period, entries, contents); err != nil {
			return fmt.Errorf("week 1: %w", err)
		}
		return past.sit(ctx, service, c, round.ID, setup.Periods[1].Period, entries[3:len(entries)/2], contents)
	})
	if err != nil {
		return c, err
	}
	for range 3 { // week 2 opens, then week 1 is counted, before anybody looks: each turn sees what the one before has done
		a.Exam.Turn(ctx)
	}
	return c, nil
}

// demoExamBank fills the exam's bank with the demo's questions of one right answer.
func (a *App) demoExamBank(ctx context.Context, c contest.Contest) (map[string]bank.Content, error) {
	items, err := demo.Items()
	if err != nil {
		return nil, err
	}
	byStem := map[string]bank.Content{}
	var contents []bank.Content
	for _, x := range items {
		if x.Content.Type == bank.Single && len(contents) < demo.ExamItems {
			contents = append(contents, x.Content)
			byStem[x.Content.Stem] = x.Content
		}
	}
	return byStem, postgres.InTx(ctx, a.DB, func(tx pgx.Tx) error {
		_, err := a.Bank.Add(ctx, tx, c.BankID, contents, "")
		return err
	})
}

// demoExamEntries enters people for the units of the demo's teams.
func (a *App) demoExamEntries(ctx context.Context, c contest.Contest, teams []roster.Entry) ([]roster.Entry, error) {
	drafts := make([]roster.Draft, 0, len(demo.ExamNames))
	for i, name := range demo.ExamNames {
		drafts = append(drafts, roster.Draft{DivisionID: c.Divisions[0].ID, UnitID: teams[i%len(teams)].UnitID, Name: name})
	}
	return a.Roster.AddAll(ctx, c.ID, drafts)
}

// pastExam lets people take an exam at an earlier time. It stands in for their browsers: what goes to them comes here.
type pastExam struct {
	mu     sync.Mutex
	at     time.Time
	papers map[string]exam.PaperView // by the key of the entry
}

func (p *pastExam) nowUs() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at.UnixMicro()
}

func (p *pastExam) set(at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at = at
}

// PublishKey keeps the papers; nothing else of what goes out is needed.
func (p *pastExam) PublishKey(_, key string, m live.Message) {
	if paper, ok := m.Data.(exam.PaperView); ok {
		p.mu.Lock()
		p.papers[key] = paper
		p.mu.Unlock()
	}
}

// Prepare, Publish, PublishEach, Count, CountKey, Keys and ProbeKey are those of a hub that nobody listens to.
func (p *pastExam) Prepare(_ string, m live.Message) live.Message { return m }

// Publish sends to nobody.
func (p *pastExam) Publish(string, live.Message) {}

// PublishEach sends to nobody.
func (p *pastExam) PublishEach(string, string, func(account.Principal) live.Message) {}

// Count finds nobody.
func (p *pastExam) Count(string) int { return 0 }

// Keys finds nobody.
func (p *pastExam) Keys(string) map[string]int { return nil }

// CountKey finds nobody.
func (p *pastExam) CountKey(string, string) int { return 0 }

// ProbeKey asks nobody.
func (p *pastExam) ProbeKey(string, time.Duration) {}

// sitTogether is how many take a period at one time of the day.
const sitTogether = 6

// sit lets entries take a period, some every few hours after its opening; those of one hour all at once.
func (p *pastExam) sit(ctx context.Context, s *exam.Service, c contest.Contest, roundID int64, period exam.Period, entries []roster.Entry,
	contents map[string]bank.Content) error {
	at := time.UnixMicro(period.Windows[0].OpensUs)
	for group := range slices.Chunk(entries, sitTogether) {
		at = at.Add(5 * time.Hour)
		p.set(at)
		if err := p.sitNow(ctx, s, c, roundID, period, group, contents); err != nil {
			return err
		}
	}
	return nil
}

func (p *pastExam) sitNow(ctx context.Context, s *exam.Service, c contest.Contest, roundID int64, period exam.Period, entries []roster.Entry,
	contents map[string]bank.Content) error {
	failed := make(chan error, len(entries))
	var wait sync.WaitGroup
	for _, e := range entries {
		wait.Go(func() {
			random := rand.New(rand.NewPCG(2026, uint64(e.ID)))
			who := account.Principal{Entry: &account.EntrySession{EntryID: e.ID, ContestID: c.ID}, Locale: "vi"}
			if err := p.takeOne(ctx, s, random, who, roundID, period, contents); err != nil {
				failed <- fmt.Errorf("entry %d: %w", e.ID, err)
			}
		})
	}
	wait.Wait()
	close(failed)
	return <-failed
}

// takeOne is one sitting: it begins now, knows some part of the answers, and submits.
func (p *pastExam) takeOne(ctx context.Context, s *exam.Service, random *rand.Rand, who account.Principal, roundID int64, period exam.Period,
	contents map[string]bank.Content) error {
	at := time.UnixMicro(p.nowUs())
	started, err := s.StartAttempt(ctx, who, roundID, at.UnixMicro(), exam.StartCommand{PeriodID: period.ID})
	if err != nil {
		return err
	}
	p.mu.Lock()
	paper := p.papers[live.EntryKey(who.Entry.EntryID)]
	p.mu.Unlock()
	respond := func(place int16, options []string, text string) error {
		at = at.Add(time.Duration(6+random.IntN(24)) * time.Second)
		_, err := s.Respond(ctx, who, roundID, at.UnixMicro(), exam.RespondCommand{AttemptID: started.AttemptID, Place: place,
			Writer: started.Writer, Seq: 1, Options: options, Text: text})
		return err
	}
	knows := 45 + random.IntN(50) // of a hundred items
	for _, item := range paper.Items {
		option := item.Question.Options[random.IntN(len(item.Question.Options))].ID
		if key := contents[item.Question.Stem].Key.Options; random.IntN(100) < knows && len(key) == 1 {
			option = key[0]
		}
		if err := respond(item.Place, []string{option}, ""); err != nil {
			return err
		}
	}
	if err := respond(exam.PlaceGuess, nil, fmt.Sprint(random.IntN(6))); err != nil {
		return err
	}
	_, err = s.Submit(ctx, who, roundID, at.Add(time.Minute).UnixMicro(), exam.SubmitCommand(started))
	return err
}
