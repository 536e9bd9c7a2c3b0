package contest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hoithi/hoithi/server/unit"
)

// TieOfRound is the tie-breaker of the round at a position.
func TieOfRound(position int) string { return tieRound + strconv.Itoa(position) }

// RoundOfTie gives the position that a tie-breaker names; 0: it names none.
func RoundOfTie(t string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(t, tieRound))
	if err != nil || !strings.HasPrefix(t, tieRound) {
		return 0
	}
	return n
}

// RoundSpec says how a new round is set up. Exactly one of the specs is used, by Kind.
type RoundSpec struct {
	Kind   Kind
	Name   string
	Weight int
	Quiz   QuizSpec
	Judged JudgedSpec
	Exam   ExamSpec
	// FromZero and Intake are the round's part in the plan; empty: the total goes on, everybody enters.
	FromZero bool
	Intake   Intake
}

// QuizSpec sets a host-led quiz up.
type QuizSpec struct {
	Points   int64 // hundredths of a point an item
	Seconds  int   // to answer
	BySpeed  bool  // points fall with the time used; else fixed
	NumItems int   // how many items the evening wants; the checklist compares
}

// JudgedSpec sets a judged round up.
type JudgedSpec struct {
	Criteria     []CriterionSpec
	LimitSeconds int  // time on stage; 0: no limit
	Trimmed      bool // drop the highest and the lowest sheet (from 5 judges on); else the mean
}

// CriterionSpec is one line of a rubric.
type CriterionSpec struct {
	Name, Description string
	Max, Step         int64 // hundredths of a point
}

// Template makes a ready set-up from at most seven answers.
type Template struct {
	ID     string
	Rounds []RoundSpec
	// TieBreakers after the total.
	TieBreakers []string
	EntryKind   EntryKind
	// TeamMin and TeamMax bound a team; 0: 1 to 10.
	TeamMin, TeamMax int
}

func quiz(name string) RoundSpec {
	return RoundSpec{Kind: Stage, Name: name, Weight: 10000, Quiz: QuizSpec{Points: 1000, Seconds: 20, NumItems: 20}}
}

func judged(name string, limitSeconds int, criteria ...CriterionSpec) RoundSpec {
	return RoundSpec{Kind: Judged, Name: name, Weight: 10000, Judged: JudgedSpec{Criteria: criteria, LimitSeconds: limitSeconds, Trimmed: true}}
}

func criterion(name, description string, points int64) CriterionSpec {
	return CriterionSpec{Name: name, Description: description, Max: points * 100, Step: 50}
}

// stageFinal are the four parts of a final on stage.
func stageFinal() []RoundSpec {
	return []RoundSpec{
		judged("Chào hỏi", 5*60,
			criterion("Nội dung", "Giới thiệu đội, đơn vị; gắn với cải cách hành chính", 10),
			criterion("Hình thức, sáng tạo", "Cách thể hiện mới, có điểm nhấn", 6),
			criterion("Phong cách", "Tự tin, trang phục phù hợp, phối hợp tốt", 4)),
		quiz("Kiến thức"),
		judged("Xử lý tình huống", 5*60,
			criterion("Đúng pháp luật", "Nêu đúng căn cứ, đúng thẩm quyền, đúng trình tự", 10),
			criterion("Cách giải quyết", "Hợp lý, khả thi, vì người dân", 6),
			criterion("Trình bày", "Rõ ràng, thuyết phục, đúng thời gian", 4)),
		judged("Tiểu phẩm tuyên truyền", 8*60,
			criterion("Nội dung, đúng pháp luật", "Bám chủ đề, tình huống thật, đúng quy định", 15),
			criterion("Kịch bản, sáng tạo", "Cốt truyện gọn, có điểm nhấn", 10),
			criterion("Diễn xuất", "Tự nhiên, phối hợp, truyền cảm", 10),
			criterion("Trang phục, đạo cụ", "Phù hợp, gọn, đẹp", 5)),
	}
}

// provinceTemplate is the way of a province: thousands of persons online, results of their units, and ten teams that the
// best units name, on stage.
var provinceTemplate = func() Template {
	final := stageFinal()
	final[0].FromZero = true
	final[0].Intake = Intake{Who: WhoUnits, Basis: BasisPrevious, Places: []Places{{Count: 10}}, Reserves: 3,
		Units: UnitRule{Best: 10, LeastEntrants: 5}}
	for i := range final[1:] {
		final[i+1].Intake = Intake{Who: WhoSame}
	}
	online := RoundSpec{Kind: Exam, Name: "Thi trực tuyến", Weight: 10000, Exam: ExamSpec{DurationS: 20 * 60, Attempts: 1,
		Paper: ExamPaper{Items: 20, Points: 100}}}
	return Template{ID: "province", EntryKind: PersonEntry, TeamMin: 3, TeamMax: 5, Rounds: append([]RoundSpec{online}, final...),
		TieBreakers: []string{TieOfRound(5), TieOfRound(4), TieOfRound(3), TieHead, TieLots}}
}()

// Templates in the order in which they are offered. Points follow the usual rules of such evenings: greeting 20,
// situation 20, skit 40; every number can be changed afterwards.
var Templates = append([]Template{
	{ID: "reform", EntryKind: TeamEntry, TieBreakers: []string{TieOfRound(4), TieOfRound(3), TieOfRound(2)}, Rounds: stageFinal()},
	{ID: "quiz_evening", EntryKind: PersonEntry, TieBreakers: []string{TieCorrect, TieTime}, Rounds: []RoundSpec{
		quiz("Vòng kiến thức"),
	}},
	{ID: "judged", EntryKind: PersonEntry, TieBreakers: []string{TieOfRound(2), TieOfRound(1)}, Rounds: []RoundSpec{
		judged("Giới thiệu bản thân", 3*60,
			criterion("Nội dung", "Rõ, chân thành, đúng yêu cầu", 5),
			criterion("Phong thái", "Tự tin, chuẩn mực công vụ", 5)),
		judged("Ứng xử tình huống", 3*60,
			criterion("Nội dung trả lời", "Đúng, hợp lý, có lập luận", 6),
			criterion("Diễn đạt", "Mạch lạc, thuyết phục", 4)),
	}},
}, append(examTemplates, provinceTemplate)...)

// namesTeams tells whether units name teams of their people in one of the rounds.
func (t Template) namesTeams() bool {
	return slices.ContainsFunc(t.Rounds, func(r RoundSpec) bool { return r.Intake.Who == WhoUnits })
}

// FindTemplate finds a template by its id.
func FindTemplate(id string) (Template, bool) {
	for _, t := range Templates {
		if t.ID == id {
			return t, true
		}
	}
	return Template{}, false
}

// SlugOf makes an address from a name: no marks, lower case, words joined by hyphens.
func SlugOf(name string) string {
	var b strings.Builder
	for _, r := range unit.SearchKey(name) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 48 {
			break
		}
	}
	s := strings.Trim(b.String(), "-")
	if s == "" {
		return "hoi-thi"
	}
	return s
}
