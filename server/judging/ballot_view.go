package judging

import (
	"slices"

	"github.com/hoithi/hoithi/server/roster"
)

// BallotsView is what organizers and secretaries see. While a run is open it has no place for a vote: only who has voted.
type BallotsView struct {
	ContestID int64        `json:"contest_id"`
	Ballots   []BallotView `json:"ballots" doc:"In the order in which they were planned"`
	Parts     []BallotPart `json:"parts" doc:"Judged parts with a panel"`
}

// BallotPart is a part whose judges may vote.
type BallotPart struct {
	RoundID int64    `json:"round_id"`
	Judges  []string `json:"judges" doc:"Those who are present, by seat"`
	Head    string   `json:"head" doc:"The head judge who is present; may be empty"`
}

// BallotView is one ballot.
type BallotView struct {
	ID int64 `json:"id"`
	BallotRules
	RoundName string       `json:"round_name" doc:"Empty: all entries of the contest"`
	State     BallotState  `json:"state" enum:"planned,open,counted,decided,cancelled"`
	Voters    int          `json:"voters" doc:"How many would vote, or vote now"`
	Runs      []RunView    `json:"runs" doc:"The first one first"`
	Winners   []WinnerView `json:"winners"`
	EndedUs   int64        `json:"ended_us" doc:"0: not decided or cancelled"`
	EndedName string       `json:"ended_name"`
	Reason    string       `json:"reason" doc:"Of the head judge's decision, or of the cancelling"`
}

// RunView is one opening.
type RunView struct {
	Number     int         `json:"number"`
	Places     int         `json:"places"`
	VotesEach  int         `json:"votes_each"`
	OpenedUs   int64       `json:"opened_us"`
	OpenedName string      `json:"opened_name"`
	ClosedUs   int64       `json:"closed_us" doc:"0: open"`
	ClosedName string      `json:"closed_name"`
	Reason     string      `json:"reason" doc:"Why it was closed before everybody had voted"`
	Voters     []VoterView `json:"voters"`
	Voted      int         `json:"voted"`
	Choices    int         `json:"choices" doc:"How many can be chosen"`
	Count      *CountView  `json:"count,omitempty" doc:"Only once the run is closed"`
}

// VoterView is a judge who votes. Whom for has no place here.
type VoterView struct {
	Name  string `json:"name"`
	Voted bool   `json:"voted"`
}

// CountView is the count of a closed run.
type CountView struct {
	Rows []CountRow `json:"rows" doc:"The most votes first"`
	Outcome
}

// CountRow is an entry's votes.
type CountRow struct {
	EntryID int64    `json:"entry_id"`
	Number  string   `json:"number"`
	Name    string   `json:"name"`
	Unit    string   `json:"unit"`
	Votes   int      `json:"votes"`
	By      []string `json:"by" doc:"Who voted so; only of an open ballot"`
}

// WinnerView is who receives the prize.
type WinnerView struct {
	EntryID int64  `json:"entry_id"`
	Number  string `json:"number"`
	Name    string `json:"name"`
	Unit    string `json:"unit"`
	Votes   int    `json:"votes"`
	Run     int    `json:"run"`
	ByHead  bool   `json:"by_head" doc:"Tied, and chosen by the head judge"`
}

// View makes the view of organizers and secretaries.
func (b Book) View() BallotsView {
	v := BallotsView{ContestID: b.ContestID, Ballots: []BallotView{}, Parts: []BallotPart{}}
	for _, s := range b.seats {
		if n := len(v.Parts); n == 0 || v.Parts[n-1].RoundID != s.RoundID {
			v.Parts = append(v.Parts, BallotPart{RoundID: s.RoundID, Judges: []string{}})
		}
		if s.Absent {
			continue
		}
		part := &v.Parts[len(v.Parts)-1]
		part.Judges = append(part.Judges, s.Name)
		if s.Head {
			part.Head = s.Name
		}
	}
	for _, x := range b.Ballots {
		one := BallotView{ID: x.ID, BallotRules: x.BallotRules, RoundName: x.RoundName, State: x.State, Runs: []RunView{}, Winners: []WinnerView{},
			EndedUs: x.EndedUs, EndedName: x.EndedName, Reason: x.Reason, Voters: b.electorate(x)}
		for _, r := range x.Runs {
			one.Runs = append(one.Runs, r.view(x.Named))
		}
		for _, w := range x.Winners {
			one.Winners = append(one.Winners, WinnerView{EntryID: w.EntryID, Number: roster.NumberText(w.Number), Name: w.Name, Unit: w.UnitName,
				Votes: w.Votes, Run: w.Run, ByHead: w.ByHead})
		}
		v.Ballots = append(v.Ballots, one)
	}
	return v
}

func (b Book) electorate(x Ballot) int {
	if run, ok := x.Run(); ok {
		return len(run.Voters)
	}
	judges := map[int64]bool{}
	for _, s := range b.seats {
		if x.votes(s.RoundID) && !s.Absent {
			judges[s.AccountID] = true
		}
	}
	return len(judges)
}

func (r BallotRun) view(named bool) RunView {
	v := RunView{Number: r.Number, Places: r.Places, VotesEach: r.VotesEach, OpenedUs: r.OpenedUs, OpenedName: r.OpenedName, ClosedUs: r.ClosedUs,
		ClosedName: r.ClosedName, Reason: r.Reason, Voters: []VoterView{}, Voted: r.voted(), Choices: len(r.Choices)}
	for _, x := range r.Voters {
		v.Voters = append(v.Voters, VoterView{Name: x.Name, Voted: x.VotedUs != 0})
	}
	if r.ClosedUs != 0 {
		v.Count = r.count(named)
	}
	return v
}

func (r BallotRun) count(named bool) *CountView {
	c := &CountView{Rows: []CountRow{}, Outcome: r.Outcome()}
	for _, x := range r.Choices {
		row := CountRow{EntryID: x.EntryID, Number: roster.NumberText(x.Number), Name: x.Name, Unit: x.UnitName, Votes: x.Votes, By: []string{}}
		for _, v := range r.Voters {
			if named && slices.Contains(v.Paper, x.EntryID) {
				row.By = append(row.By, v.Name)
			}
		}
		c.Rows = append(c.Rows, row)
	}
	slices.SortStableFunc(c.Rows, func(a, b CountRow) int { return b.Votes - a.Votes })
	return c
}

// MyBallotsView is what one judge sees: the own papers, and as the head judge the counts that wait.
type MyBallotsView struct {
	ContestID int64       `json:"contest_id"`
	Papers    []PaperView `json:"papers" doc:"Open ones first"`
}

// PaperView is a ballot in the hands of a judge. It never tells a result, which is told on the stage; the head judge gets
// the count to confirm it.
type PaperView struct {
	ID        int64         `json:"id"`
	Name      string        `json:"name" doc:"Of the prize"`
	State     BallotState   `json:"state" enum:"planned,open,counted,decided,cancelled"`
	Run       int           `json:"run"`
	Again     bool          `json:"again" doc:"Among those who were tied"`
	Named     bool          `json:"named" doc:"Who voted for whom is told"`
	Votes     bool          `json:"votes" doc:"I vote in it"`
	VotesEach int           `json:"votes_each"`
	Choices   []PaperChoice `json:"choices" doc:"Empty unless open"`
	Mine      []int64       `json:"mine" doc:"Whom I have chosen; of a secret ballot empty after the close"`
	Voted     bool          `json:"voted" doc:"My vote is stored"`
	Version   int64         `json:"version" doc:"Of my paper, to be sent back"`
	Count     *CountView    `json:"count,omitempty" doc:"To be confirmed, or a tie to be decided; for the head judge only"`
	Turnout   *VotedView    `json:"turnout,omitempty" doc:"For the head judge only"`
}

// VotedView is how many have voted.
type VotedView struct {
	Voted  int `json:"voted"`
	Voters int `json:"voters"`
}

// PaperChoice is an entry on a paper.
type PaperChoice struct {
	EntryID int64  `json:"entry_id"`
	Number  string `json:"number"`
	Name    string `json:"name"`
	Unit    string `json:"unit"`
	Barred  bool   `json:"barred" doc:"I am tied to it, so by the rules I do not vote for it"`
}

// Mine makes the view of one judge.
func (b Book) Mine(accountID int64) MyBallotsView {
	v := MyBallotsView{ContestID: b.ContestID, Papers: []PaperView{}}
	for _, x := range b.Ballots {
		run, opened := x.Run()
		if !opened {
			continue
		}
		voter, votes := run.voter(accountID)
		head := b.isHead(x, accountID)
		if !votes && !head {
			continue
		}
		p := PaperView{ID: x.ID, Name: x.Name, State: x.State, Run: run.Number, Again: run.Number > 1, Named: x.Named, Votes: votes, VotesEach: run.VotesEach,
			Choices: []PaperChoice{}, Mine: []int64{}, Voted: voter.VotedUs != 0, Version: voter.Version}
		p.Mine = append(p.Mine, voter.Paper...)
		if x.State == BallotOpen && votes {
			for _, c := range run.Choices {
				p.Choices = append(p.Choices, PaperChoice{EntryID: c.EntryID, Number: roster.NumberText(c.Number), Name: c.Name, Unit: c.UnitName, Barred: voter.Barred[c.EntryID]})
			}
		}
		if head {
			p.Turnout = &VotedView{Voted: run.voted(), Voters: len(run.Voters)}
			if x.State == BallotCounted {
				p.Count = run.count(x.Named)
			}
		}
		v.Papers = append(v.Papers, p)
	}
	rank := map[BallotState]int{BallotOpen: 0, BallotCounted: 1, BallotDecided: 2, BallotCancelled: 3}
	slices.SortStableFunc(v.Papers, func(a, b PaperView) int { return rank[a.State] - rank[b.State] })
	return v
}
