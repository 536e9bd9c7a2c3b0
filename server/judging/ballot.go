package judging

import (
	"cmp"
	"slices"

	"github.com/hoithi/hoithi/server/fault"
)

// A ballot gives a side prize by the votes of the panel. It runs once or, among those who are tied, again; the head judge
// can end a tie with a reason. Nothing is ever decided by an order that nobody chose.

// BallotRules are what the organizers set before a ballot is opened.
type BallotRules struct {
	Name  string `json:"name" minLength:"1" maxLength:"120" doc:"Of the prize"`
	Prize string `json:"prize,omitempty" maxLength:"160" doc:"Money, paper: as it is read out"`
	// RoundID says whose entries may be chosen.
	RoundID   int64   `json:"round_id,omitempty" minimum:"0" doc:"The round whose entries may be chosen; 0: all entries of the contest"`
	Panels    []int64 `json:"panels" maxItems:"50" doc:"The parts whose judges vote; none: the judges of all parts"`
	Places    int     `json:"places" minimum:"1" maximum:"10" doc:"How many receive the prize"`
	VotesEach int     `json:"votes_each" minimum:"1" maximum:"10" doc:"How many a judge may choose"`
	Named     bool    `json:"named" doc:"An open ballot: who voted for whom is kept and told; else only the counts are"`
	Head      bool    `json:"head" doc:"The head judge confirms the count; else it stands when the secretary closes"`
}

// Check checks the settings and tidies their words.
func (r *BallotRules) Check() error {
	f := errBallotRules
	r.Name, r.Prize = tidy(r.Name), tidy(r.Prize)
	slices.Sort(r.Panels)
	r.Panels = slices.Compact(r.Panels)
	if !fits(r.Name, 1, 120) {
		f = f.At("name", "Tên giải cần từ 1 đến 120 ký tự.", "The prize needs a name of 1 to 120 characters.")
	}
	if !fits(r.Prize, 0, 160) {
		f = f.At("prize", "Phần thưởng dài tối đa 160 ký tự.", "What is given has at most 160 characters.")
	}
	if r.Places < 1 || r.Places > 10 {
		f = f.At("places", "Số giải từ 1 đến 10.", "1 to 10 can receive the prize.")
	}
	if r.VotesEach < 1 || r.VotesEach > 10 {
		f = f.At("votes_each", "Mỗi giám khảo bầu từ 1 đến 10.", "A judge chooses 1 to 10.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// BallotState is where a ballot stands.
type BallotState string

const (
	BallotPlanned BallotState = "planned"
	BallotOpen    BallotState = "open"
	// BallotCounted: closed and counted; the count waits for the head judge, or a tie for an answer.
	BallotCounted   BallotState = "counted"
	BallotDecided   BallotState = "decided"
	BallotCancelled BallotState = "cancelled"
)

// Ballot is a ballot with all its runs, as it stood at one moment.
type Ballot struct {
	BallotRules
	ID        int64
	RoundName string
	PanelName map[int64]string
	State     BallotState
	Runs      []BallotRun
	Winners   []Winner
	EndedUs   int64
	EndedName string
	Reason    string
}

// BallotRun is one opening.
type BallotRun struct {
	Number     int
	Places     int
	VotesEach  int
	OpenedUs   int64
	OpenedName string
	ClosedUs   int64 // 0: open
	ClosedName string
	Reason     string
	Choices    []Choice
	Voters     []Voter
}

// Choice is an entry that can be chosen. Votes are there once the run is closed.
type Choice struct {
	EntryID  int64
	Number   int
	Name     string
	UnitName string
	Votes    int
}

// Voter is a judge with the right to vote.
type Voter struct {
	AccountID int64
	Name      string
	Version   int64
	VotedUs   int64 // 0: not yet
	Barred    map[int64]bool
	Paper     []int64 // of a secret ballot only until it closes
}

// Winner receives the prize.
type Winner struct {
	EntryID  int64
	Number   int
	Name     string
	UnitName string
	Run      int
	Votes    int
	ByHead   bool
}

// Prize is what a decided ballot hands to the awards.
type Prize struct {
	Name    string
	Prize   string
	EntryID int64
	Note    string // how it was decided
}

// Tally is how many votes an entry has.
type Tally struct {
	EntryID int64
	Votes   int
}

// Outcome is what a count gives: those who receive the prize, and the tie that is still open.
type Outcome struct {
	Won  []int64 `json:"won" doc:"Entries that receive the prize by the count, the most votes first"`
	Tied []int64 `json:"tied" doc:"Entries with equal votes, more than there are places left; empty: no open question"`
	Left int     `json:"left" doc:"Places that the tied compete for"`
}

// Count gives the places to those with the most votes. Equals are never parted: where more of them than places are left,
// they are tied. Nobody wins without a vote; where nobody has any, all are tied.
func Count(tallies []Tally, places int) Outcome {
	sorted := slices.Clone(tallies)
	slices.SortStableFunc(sorted, func(a, b Tally) int { return cmp.Compare(b.Votes, a.Votes) })
	o := Outcome{Won: []int64{}, Tied: []int64{}}
	if len(sorted) > 0 && sorted[0].Votes == 0 {
		o.Left = min(places, len(sorted))
		for _, t := range sorted {
			o.Tied = append(o.Tied, t.EntryID)
		}
		return o
	}
	for from := 0; from < len(sorted) && sorted[from].Votes > 0 && len(o.Won) < places; {
		to := from
		for to < len(sorted) && sorted[to].Votes == sorted[from].Votes {
			to++
		}
		if to-from > places-len(o.Won) {
			o.Left = places - len(o.Won)
			for _, t := range sorted[from:to] {
				o.Tied = append(o.Tied, t.EntryID)
			}
			return o
		}
		for _, t := range sorted[from:to] {
			o.Won = append(o.Won, t.EntryID)
		}
		from = to
	}
	return o
}

// Outcome is what the run's count gives.
func (r BallotRun) Outcome() Outcome {
	tallies := make([]Tally, 0, len(r.Choices))
	for _, c := range r.Choices {
		tallies = append(tallies, Tally{EntryID: c.EntryID, Votes: c.Votes})
	}
	return Count(tallies, r.Places)
}

// EachOf is how many a judge may choose of so many: choosing all of them would say nothing.
func EachOf(votesEach, choices int) int { return max(1, min(votesEach, choices-1)) }

// Run is the run that the ballot is at; false: it has never been opened.
func (b Ballot) Run() (BallotRun, bool) {
	if len(b.Runs) == 0 {
		return BallotRun{}, false
	}
	return b.Runs[len(b.Runs)-1], true
}

// won gathers those who have won in any of the runs.
func (b Ballot) won() []Winner {
	var list []Winner
	for _, r := range b.Runs {
		for _, id := range r.Outcome().Won {
			list = append(list, r.winner(id, false))
		}
	}
	return list
}

func (r BallotRun) winner(id int64, byHead bool) Winner {
	for _, c := range r.Choices {
		if c.EntryID == id {
			return Winner{EntryID: id, Number: c.Number, Name: c.Name, UnitName: c.UnitName, Run: r.Number, Votes: c.Votes, ByHead: byHead}
		}
	}
	return Winner{EntryID: id, Run: r.Number, ByHead: byHead}
}

// voter finds a judge in the run.
func (r BallotRun) voter(accountID int64) (Voter, bool) {
	for _, v := range r.Voters {
		if v.AccountID == accountID {
			return v, true
		}
	}
	return Voter{}, false
}

// voted counts the papers that were handed in.
func (r BallotRun) voted() int {
	n := 0
	for _, v := range r.Voters {
		if v.VotedUs != 0 {
			n++
		}
	}
	return n
}

// MayVote checks a paper: only choices of the run, each one once, not more than a judge has votes, and nobody whom a tie
// bars. An empty paper is a blank vote.
func (r BallotRun) MayVote(v Voter, entries []int64) error {
	if len(entries) > r.VotesEach {
		return errTooManyVotes
	}
	seen := map[int64]bool{}
	for _, id := range entries {
		if v.Barred[id] {
			return errBarredVote
		}
		if seen[id] || !slices.ContainsFunc(r.Choices, func(c Choice) bool { return c.EntryID == id }) {
			return errPaper
		}
		seen[id] = true
	}
	return nil
}

// Faults of ballots. Papers that were stored stay stored.
var (
	errBallotRules = invalid("ballot_invalid",
		"Thiết lập bỏ phiếu chưa đúng nên chưa lưu. Hãy xem các ô được đánh dấu.",
		"The ballot is not right, so it was not saved. Look at the marked fields.")
	errBallotBegun = conflict("ballot_begun",
		"Cuộc bỏ phiếu này đã mở nên thiết lập không đổi được nữa.", "This ballot has been opened, so it cannot be changed any more.")
	errBallotMoved = conflict("ballot_moved",
		"Cuộc bỏ phiếu vừa chuyển sang bước khác nên chưa làm gì. Phiếu đã lưu vẫn nguyên; hãy xem lại màn hình.",
		"The ballot has just moved on, so nothing was done. Stored votes are untouched; look at the screen again.")
	errBallotClosed = conflict("ballot_closed",
		"Cuộc bỏ phiếu đã đóng nên phiếu này không được nhận. Phiếu bạn đã gửi trước khi đóng vẫn được tính.",
		"The ballot is closed, so this vote was not taken. What you sent before the close counts.")
	errPaperMoved = conflict("ballot_paper_moved",
		"Bạn đã bỏ phiếu trên một thiết bị khác. Phiếu đã lưu vẫn còn; hãy xem lại rồi bỏ phiếu lần nữa nếu muốn đổi.",
		"You have voted on another device. That vote is stored; look at it, and vote again if you want to change it.")
	errNoVoter = fault.New(fault.Forbidden, "not_a_voter",
		"Bạn không có tên trong danh sách bỏ phiếu này. Nếu đây là nhầm lẫn, hãy báo thư ký.",
		"You are not among those who vote. If that is a mistake, tell the secretary.")
	errPaper = invalid("ballot_paper",
		"Lựa chọn này không có trong phiếu hoặc bị chọn hai lần nên phiếu chưa được lưu.",
		"A choice is not on the paper or stands on it twice, so the vote was not stored.")
	errTooManyVotes = invalid("ballot_too_many",
		"Phiếu chọn quá số được bầu nên chưa được lưu.", "More were chosen than a judge has votes, so the vote was not stored.")
	errBarredVote = fault.New(fault.Forbidden, "ballot_barred",
		"Bạn có liên quan đến đội, thí sinh này nên theo thể lệ không bỏ phiếu cho họ. Phiếu chưa được lưu.",
		"You are tied to this entry, so by the rules you do not vote for it. The vote was not stored.")
	errNoChoices = conflict("ballot_no_choices",
		"Cần ít nhất hai đội, thí sinh để bỏ phiếu. Hãy chọn vòng thi khác hoặc xếp thứ tự trình bày trước.",
		"A ballot needs at least two entries. Choose another round, or set the running order first.")
	errManyChoices = conflict("ballot_many_choices",
		"Có hơn 200 đội, thí sinh nên không thể in hết lên một phiếu. Hãy chọn một vòng thi.",
		"There are more than 200 entries, too many for a paper. Choose a round.")
	errNoVoters = conflict("ballot_no_voters",
		"Chưa có giám khảo nào có mặt để bỏ phiếu. Hãy lập ban giám khảo trước.", "No judge is there to vote. Set up the panel first.")
	errNoBallotHead = conflict("ballot_no_head",
		"Chưa cử Trưởng ban Giám khảo có mặt để xác nhận kết quả bỏ phiếu.", "No head judge is there to confirm the count.")
	errBlindBallot = conflict("ballot_blind",
		"Phần thi này chấm bằng mã và chưa khóa điểm nên chưa mở bỏ phiếu được: phiếu bầu ghi tên.",
		"This part is marked by codes and not closed yet, so the ballot cannot be opened: its paper carries names.")
	errBallotTime = conflict("ballot_contest_state",
		"Chỉ bỏ phiếu khi hội thi đang diễn ra hoặc đã kết thúc mà chưa chốt kết quả.",
		"Ballots are held while the contest runs, or has ended and its result is not final.")
	errBallotHead = fault.New(fault.Forbidden, "ballot_not_head",
		"Chỉ Trưởng ban Giám khảo có mặt mới làm được việc này.", "Only the head judge who is present can do this.")
	errBallotVoterActs = fault.New(fault.Forbidden, "ballot_voter_acts",
		"Bạn bỏ phiếu trong cuộc này nên không làm được việc của thư ký.", "You vote in this ballot, so you cannot do the secretary's work in it.")
	errBallotReason = invalid("ballot_reason",
		"Còn giám khảo chưa bỏ phiếu: hãy ghi lý do đóng sớm (2 đến 500 ký tự). Phiếu đã lưu vẫn nguyên.",
		"Some have not voted yet: give the reason for closing (2 to 500 characters). Stored votes are untouched.")
	errHeadsChoice = invalid("ballot_heads_choice",
		"Chỉ chọn trong số những đội, thí sinh bằng phiếu, không quá số giải còn lại.",
		"Choose among the tied, not more than there are places left.")
)
