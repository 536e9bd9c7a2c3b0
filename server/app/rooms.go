package app

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/bank/exporting"
	"github.com/hoithi/hoithi/server/bank/importing"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/exam"
	"github.com/hoithi/hoithi/server/files"
	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/leader"
	"github.com/hoithi/hoithi/server/leaderboard"
	"github.com/hoithi/hoithi/server/mail"
	"github.com/hoithi/hoithi/server/paper"
	"github.com/hoithi/hoithi/server/plan"
	"github.com/hoithi/hoithi/server/privacy"
	"github.com/hoithi/hoithi/server/result"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/stage"
	"github.com/hoithi/hoithi/server/unit"
	"github.com/hoithi/hoithi/server/vote"
	"github.com/hoithi/hoithi/server/web"
)

// rooms opens the rooms from the ground up and registers their routes, topics and commands.
func (a *App) rooms() {
	a.Contests = contest.New(a.DB, a.Accounts, newBanks{a})
	contest.Routes(a.API, a.Contests)
	a.Accounts.OnAct = audit.Append
	mail.Routes(a.API, a.Mail)

	a.Units = unit.New(a.DB)
	unit.Routes(a.API, a.Units)
	a.Roster = roster.New(a.DB, a.Accounts, a.Contests, a.Units)
	a.Contests.UseChecks(a.Roster.Missing)
	a.Contests.UseEntered(a.Roster.Entered)
	a.Accounts.OnInvitation(a.inviteByLetter)
	a.Roster.OnNews(a.tellByLetter)
	a.Contests.OnCopy(a.Roster.CopyTerms)
	a.Contests.OnCopy(a.Roster.CopyPlan)
	a.Roster.UseStaff(a.staffOf)
	a.Roster.UseWinners(a.winnersOf)
	a.Units.OnUndo(a.Roster.Resting)
	roster.Routes(a.API, a.Roster)
	web.AccountRoutes(a.API, a.Accounts, a.Roster, a.Config.Version)

	a.Privacy = privacy.New(a.DB, a.Contests, a.Roster, a.Mail)
	a.Privacy.UseResults(a.ownResults)
	a.Roster.OnLook(func(ctx context.Context, contestID, entryID int64) error {
		return a.Privacy.Looked(ctx, contestID, entryID, "detail")
	})
	privacy.Routes(a.API, a.Privacy)

	a.Files = files.NewLimited(a.DB, a.Config.Files)
	files.Routes(a.API, a.Files)
	a.Bank = bank.New(a.DB, a.Files, bankOf{a.Contests}, bank.Formats{Read: importing.Read,
		Write: exporting.Write, Losses: exporting.Losses}, time.Now)
	a.Bank.UseUses(itemUses{a})
	a.Bank.UseComparing(a.enqueueComparing)
	bank.Routes(a.API, a.Bank)
	a.Papers = paper.New(paper.Parts{DB: a.DB, Bank: a.Bank, Files: a.Files, Contests: a.Contests, Uses: itemUses{a}, Now: time.Now, Seed: paper.NewSeed})
	a.Contests.OnCopy(a.Papers.CopyBlueprints)
	paper.Routes(a.API, a.Papers)

	a.Stage = stage.New(stage.Config{DB: a.DB, NowUs: a.nowUs, Node: a.Config.Node, Hub: a.Hub, Relay: a.hinter(), Contests: a.Contests,
		Entries: activeEntries{a.Roster}, Bank: itemVersions{a.Bank}, Files: a.Files, Secret: a.Accounts.Key(), Log: a.Config.Log})
	a.Stage.Register(a.Hub)
	stage.Routes(a.API, a.Stage)
	a.Contests.Use(contest.Stage, a.Stage)

	a.Exam = exam.New(exam.Config{DB: a.DB, NowUs: a.nowUs, Hub: a.Hub, Relay: a.hinter(), Contests: a.Contests, Papers: a.Papers, Bank: a.Bank,
		Log: a.Config.Log})
	a.Exam.Register(a.Hub)
	exam.Routes(a.API, a.Exam)
	a.Contests.Use(contest.Exam, a.Exam)
	a.Contests.OnCopy(a.Exam.CopyContest) // after the blueprints, which it names
	a.Contests.OnRound(a.Exam.FirstPaper)
	a.Contests.UseWays(a.Exam.Ways, a.Exam.TakingAccounts)
	a.Contests.UseGuessed(a.Exam.Guessed)

	a.Judging = judging.New(a.DB, a.Contests, a.nowUs, rand.Text)
	a.Judging.UseMasks(a.Roster.Masks)
	a.Judging.UseAddress(a.Config.PublicURL)
	a.Judging.UseSeat(func(ctx context.Context, tx pgx.Tx, accountID, contestID int64) error {
		return a.Accounts.GrantTx(ctx, tx, accountID, contestID, account.RoleJudge)
	})
	a.Judging.UsePrizes(a.givePrizes)
	a.JudgingLive = judging.NewLive(a.Judging, a.Hub, a.Config.Log)
	judging.Routes(a.API, a.Judging)
	a.Contests.Use(contest.Judged, a.Judging)

	a.Votes = vote.New(vote.Parts{DB: a.DB, Contests: a.Contests, Roster: a.Roster, Mail: a.Mail, Key: a.Accounts.Key(), NowUs: a.nowUs,
		Log: a.Config.Log, Address: a.Config.PublicURL})
	a.VotesLive = vote.NewLive(a.Votes, a.Hub, a.Config.Log)
	vote.Routes(a.API, a.Votes)
	a.Contests.Use(contest.Vote, a.Votes)

	a.Boards = leaderboard.New(leaderboard.Parts{DB: a.DB, Redis: a.Redis, Contests: a.Contests, Roster: a.Roster, Hub: a.Hub,
		Relay: a.Relay, Log: a.Config.Log, Address: a.Config.PublicURL, Sources: map[contest.Kind]leaderboard.Source{
			contest.Stage: stageScores{a.Stage}, contest.Judged: judgedScores{a.Judging}, contest.Exam: examScores{a.Exam},
			contest.Vote: voteScores{a.Votes}}})
	a.Exam.UseFrozen(a.Boards.Frozen)
	a.Votes.UseFrozen(a.Boards.Frozen)
	a.Judging.UseFrozen(a.Boards.Frozen)
	a.Judging.UseTold(a.Boards.Published)
	a.Votes.OnOpen(func(ctx context.Context, contestID, roundID int64, byHand bool) {
		if err := a.Boards.Follow(ctx, contestID, roundID, byHand); err != nil {
			a.Config.Log.Warn("a vote was opened, but the hall's screen did not follow it", "round", roundID, "error", err)
		}
	})
	a.Boards.Topics()
	leaderboard.Routes(a.API, a.Boards)
	a.Privacy.UseForget(a.Boards.Forget)

	a.Results = result.New(a.DB, a.Contests, a.Boards, a.Roster, map[contest.Kind]result.Inputs{
		contest.Stage: a.Stage, contest.Judged: a.Judging, contest.Exam: a.Exam, contest.Vote: a.Votes})
	a.Contests.UseTold(a.Results.Told)
	a.Contests.OnCopy(a.Results.CopyAwards)
	result.Routes(a.API, a.Results)
	a.ceremonies()

	a.Leaders = leader.New(leader.Parts{DB: a.DB, Accounts: a.Accounts, Contests: a.Contests, Units: a.Units, Roster: a.Roster,
		Turns: map[contest.Kind]leader.Turns{contest.Stage: a.Stage, contest.Judged: a.Judging, contest.Exam: a.Exam, contest.Vote: a.Votes}})
	leader.Routes(a.API, a.Leaders)

	a.Plans = plan.New(plan.Parts{DB: a.DB, Contests: a.Contests, Roster: a.Roster, Boards: a.Boards, Leaders: a.Leaders, NowUs: a.nowUs, NewSeed: rand.Text})
	a.Boards.UsePlan(a.Plans)
	a.Results.UsePlans(a.Plans)
	a.Results.UseUnitNames(a.Plans.UnitNames)
	a.Contests.UseChecks(a.Plans.Missing)
	plan.Routes(a.API, a.Plans)

	a.listenToChanges()
}

// hinter is the relay, or nothing when the app is only assembled to be described.
func (a *App) hinter() stage.Hinter {
	if a.Relay == nil {
		return nil
	}
	return a.Relay
}

// listenToChanges tells the boards what has changed below them.
func (a *App) listenToChanges() {
	a.Contests.OnChange(a.Boards.Changed)
	a.Roster.OnChange(a.Boards.Changed)
	a.Judging.OnChange(func(contestID, _ int64) { a.Boards.Changed(contestID) })
	a.Exam.OnChange(func(contestID, _ int64) { a.Boards.Changed(contestID) })
	a.Votes.OnChange(func(contestID, roundID int64) {
		a.Boards.Changed(contestID)
		a.VotesLive.Changed(roundID)
	})
	a.Stage.OnChange(func(roundID, _ int64) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		id, err := a.contestOf(ctx, roundID)
		if err != nil {
			a.Config.Log.Warn("a changed round's contest is not known; the boards' own check will find it", "round", roundID, "error", err)
			return
		}
		a.Boards.Changed(id)
	})
}

// startRooms begins the background work of the rooms; Close ends it.
func (a *App) startRooms() {
	a.stop = append(a.stop, a.watchSessions(), a.settleUnits(), a.fileItems())
	a.Stage.Start()
	a.stop = append(a.stop, func(context.Context) error { a.Stage.Stop(); return nil }, a.JudgingLive.Start(a.Relay))
	a.stop = append(a.stop, a.VotesLive.Start(a.Relay), a.Votes.Start())
	a.Exam.Start()
	a.stop = append(a.stop, func(context.Context) error { a.Exam.Stop(); return nil })
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.Boards.Run(ctx)
	}()
	a.stop = append(a.stop, func(context.Context) error { cancel(); <-done; return nil }, a.startCeremonies())
}
