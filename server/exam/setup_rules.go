package exam

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
)

// Limits of a round's set-up.
const (
	MaxPeriods  = 60
	maxNameRune = 80
)

var (
	errPeriods = fault.New(fault.Invalid, "exam_periods",
		"Các kỳ thi chưa đúng nên chưa lưu. Hãy xem các ô được đánh dấu.",
		"The periods are not right, so they were not saved. Look at the marked fields.")
	errTaken = fault.New(fault.Conflict, "exam_taken",
		"Đã có người làm bài nên phần này không đổi được nữa; bài đã làm vẫn giữ nguyên. Chưa có gì được lưu.",
		"People have taken the exam, so this can no longer change; what they did stays as it is. Nothing was saved.")
	errOpened = fault.New(fault.Conflict, "exam_period_opened",
		"Kỳ thi đã mở thì giờ thi chỉ thay đổi ở màn hình điều hành (Cộng giờ). Chưa có gì được lưu.",
		"Once a period has opened, its time changes only from the console (extension). Nothing was saved.")
	errPrepared = fault.New(fault.Conflict, "exam_prepared",
		"Đề của kỳ này đã chuẩn bị xong nên ma trận không đổi được nữa. Chưa có gì được lưu.",
		"The papers of this period are prepared, so its blueprint can no longer change. Nothing was saved.")
)

// Weeks are the windows of n weekly periods: the first opens at or after from, each closes the next time after that the
// clock of the zone shows closes.
func Weeks(zone *time.Location, from time.Time, opens, closes contest.WeekTime, n int) []Window {
	day := from.In(zone)
	at := func(t contest.WeekTime, after int) time.Time {
		ahead := (int(t.Day) - int(day.Weekday()) + 7) % 7
		return time.Date(day.Year(), day.Month(), day.Day()+ahead+after, t.Hour, t.Minute, 0, 0, zone)
	}
	first := 0
	if at(opens, 0).Before(from) {
		first = 7
	}
	list := make([]Window, 0, n)
	for i := range n {
		begin := at(opens, first+7*i)
		end := at(closes, first+7*i)
		for !end.After(begin) {
			end = time.Date(end.Year(), end.Month(), end.Day()+7, closes.Hour, closes.Minute, 0, 0, zone)
		}
		list = append(list, Window{OpensUs: begin.UnixMicro(), ClosesUs: end.UnixMicro()})
	}
	return list
}

// CheckPeriods tidies periods as they are wished for, and tells what is wrong with them.
func CheckPeriods(periods []Period, divisions []contest.Division) ([]Period, *fault.Fault) {
	f := errPeriods
	if len(periods) > MaxPeriods {
		return nil, f.At("periods", "Một vòng có nhiều nhất 60 kỳ thi.", "A round has at most 60 periods.")
	}
	known := map[int64]bool{0: true}
	for _, d := range divisions {
		known[d.ID] = true
	}
	tidy := make([]Period, 0, len(periods))
	ids := map[int64]bool{}
	for i, p := range periods {
		at := fmt.Sprintf("periods[%d]", i)
		p.Name = norm.NFC.String(strings.Join(strings.Fields(strings.ToValidUTF8(p.Name, "")), " "))
		if n := utf8.RuneCountInString(p.Name); n < 1 || n > maxNameRune {
			f = f.At(at+".name", "Tên kỳ thi cần từ 1 đến 80 ký tự.", "A period's name needs 1 to 80 characters.")
		}
		if p.ID != 0 && ids[p.ID] {
			f = f.At(at, "Kỳ thi này có hai lần.", "This period stands twice.")
		}
		ids[p.ID] = true
		p.Position = i + 1
		seen := map[int64]bool{}
		for j, w := range p.Windows {
			path := fmt.Sprintf("%s.windows[%d]", at, j)
			switch {
			case !known[w.DivisionID]:
				f = f.At(path, "Bảng thi này không còn.", "This division is gone.")
			case seen[w.DivisionID]:
				f = f.At(path, "Mỗi bảng thi chỉ có một giờ thi trong một kỳ.", "A division has one window in a period.")
			case w.OpensUs <= 0 || w.ClosesUs <= w.OpensUs:
				f = f.At(path, "Giờ đóng phải sau giờ mở.", "It must close after it opens.")
			case w.ClosesUs-w.OpensUs < 60*1_000_000:
				f = f.At(path, "Một kỳ thi kéo dài ít nhất 1 phút.", "A period lasts at least a minute.")
			case w.ClosesUs-w.OpensUs > 400*24*3600*1_000_000:
				f = f.At(path, "Một kỳ thi kéo dài nhiều nhất 400 ngày.", "A period lasts at most 400 days.")
			}
			seen[w.DivisionID] = true
		}
		p.Windows = slices.Clone(p.Windows)
		slices.SortFunc(p.Windows, func(a, b Window) int { return int(min(1, max(-1, a.DivisionID-b.DivisionID))) })
		tidy = append(tidy, p)
	}
	if len(f.Fields) > 0 {
		return nil, f
	}
	return tidy, nil
}

// Standing says what of a period's set-up is fixed.
type Standing struct {
	Period
	Taken    bool    // somebody has begun an attempt in it
	Prepared []int64 // divisions whose pool is frozen; 0: that for all others
}

// Opened tells whether the period has begun for anybody.
func (s Standing) Opened(nowUs int64) bool {
	return s.Taken || s.OpensUs() != 0 && s.OpensUs() <= nowUs
}

// CheckMove tells why periods can't become what is wished for; nil: they can. Before a round is ready all can change; from
// then on names can, and what lies ahead. A period that has opened is extended from the console alone.
func CheckMove(phase Phase, now []Standing, wish []Period, nowUs int64) *fault.Fault {
	if phase == PhasePlanned {
		return checkTaken(now, wish)
	}
	over := phase == PhaseClosed || phase == PhaseScored
	f := errOpened
	kept := map[int64]bool{}
	for i, w := range wish {
		path := fmt.Sprintf("periods[%d]", i)
		at := slices.IndexFunc(now, func(s Standing) bool { return s.ID == w.ID && w.ID != 0 })
		if at >= 0 {
			kept[w.ID] = true
			if slices.Equal(now[at].Windows, w.Windows) {
				continue
			}
			if now[at].Opened(nowUs) {
				f = f.At(path, "Kỳ này đã mở: chỉ đổi được tên.", "This period has opened: only its name can change.")
				continue
			}
		}
		switch {
		case over:
			f = f.At(path, "Vòng thi đã kết thúc.", "The round is over.")
		case len(w.Windows) == 0:
			f = f.At(path, "Vòng thi đã mở nên kỳ nào cũng cần giờ thi.", "The round is open, so each period needs its time.")
		case w.OpensUs() <= nowUs:
			f = f.At(path, "Giờ mở của kỳ này phải ở phía trước.", "This period must open in the future.")
		}
	}
	for _, s := range now {
		if !kept[s.ID] && (s.Opened(nowUs) || over) {
			f = f.At("periods", "“"+s.Name+"” đã mở nên không xóa được.", "“"+s.Name+"” has opened and can't be removed.")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func checkTaken(now []Standing, wish []Period) *fault.Fault {
	for _, s := range now {
		if s.Taken && !slices.ContainsFunc(wish, func(p Period) bool { return p.ID == s.ID }) {
			return errTaken.At("periods", "“"+s.Name+"” đã có người làm bài nên không xóa được.", "“"+s.Name+"” was taken by somebody and can't be removed.")
		}
	}
	return nil
}

// CheckChange tells which changes of the settings would change what people have taken, or what is frozen; nil: none does.
func CheckChange(phase Phase, was, wish Settings, periods []Standing, divisions []contest.Division) *fault.Fault {
	taken := phase == PhaseClosed || phase == PhaseScored
	for _, p := range periods {
		taken = taken || p.Taken
	}
	if taken {
		f := errTaken
		stands := func(same bool, path string) {
			if !same {
				f = f.At(path, "Đã có người làm bài theo cài đặt cũ.", "People have taken the exam with the former setting.")
			}
		}
		stands(was.DurationS == wish.DurationS, "duration_s")
		stands(len(was.Divisions) == 0 && len(wish.Divisions) == 0 || reflect.DeepEqual(was.Divisions, wish.Divisions), "divisions")
		stands(wish.Attempts == 0 || was.Attempts != 0 && wish.Attempts >= was.Attempts, "attempts")
		stands(was.Counts == wish.Counts, "counts")
		stands(was.Overall == wish.Overall, "overall")
		stands(was.Guess == wish.Guess, "guess")
		stands(was.PassPercent == wish.PassPercent, "pass_percent")
		stands(slices.Equal(was.Ranking, wish.Ranking), "ranking")
		stands(was.GraceMs == wish.GraceMs, "grace_ms")
		if len(f.Fields) > 0 {
			return f
		}
	}
	if phase == PhasePlanned && !taken {
		return nil // what was prepared of another blueprint is thrown away and prepared anew
	}
	for _, p := range periods {
		if len(was.moved(wish, p, divisions)) > 0 {
			return errPrepared.At("sources", "“"+p.Name+"” đã chuẩn bị đề từ ma trận cũ.", "“"+p.Name+"” has papers prepared from the former blueprint.")
		}
	}
	return nil
}

// moved lists the frozen pools of a period (by division) whose blueprint another setting would change.
func (s Settings) moved(wish Settings, p Standing, divisions []contest.Division) []int64 {
	var list []int64
	for _, frozen := range p.Prepared {
		for _, d := range append([]contest.Division{{}}, divisions...) {
			if (frozen == 0 || frozen == d.ID) && s.Blueprint(p.ID, d.ID) != wish.Blueprint(p.ID, d.ID) {
				list = append(list, frozen)
				break
			}
		}
	}
	return list
}

// CheckReferences tells which parts of the settings name periods, divisions or blueprints that are not there.
func (s Settings) CheckReferences(periods []Standing, divisions []contest.Division, blueprints []int64) *fault.Fault {
	f := errSettings
	division := func(id int64) bool {
		return id == 0 || slices.ContainsFunc(divisions, func(d contest.Division) bool { return d.ID == id })
	}
	for i, d := range s.Divisions {
		if !division(d.DivisionID) {
			f = f.At(fmt.Sprintf("divisions[%d]", i), "Bảng thi này không còn.", "This division is gone.")
		}
	}
	type place struct{ period, division int64 }
	seen := map[place]bool{}
	for i, x := range s.Sources {
		path := fmt.Sprintf("sources[%d]", i)
		switch {
		case !division(x.DivisionID):
			f = f.At(path, "Bảng thi này không còn.", "This division is gone.")
		case x.PeriodID != 0 && !slices.ContainsFunc(periods, func(p Standing) bool { return p.ID == x.PeriodID }):
			f = f.At(path, "Kỳ thi này không còn.", "This period is gone.")
		case !slices.Contains(blueprints, x.BlueprintID):
			f = f.At(path, "Ma trận đề này không còn.", "This blueprint is gone.")
		case seen[place{x.PeriodID, x.DivisionID}]:
			f = f.At(path, "Kỳ và bảng này đã có ma trận.", "This period and division have a blueprint already.")
		}
		seen[place{x.PeriodID, x.DivisionID}] = true
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// Normalized gives the one form in which settings are kept.
func (s Settings) Normalized() Settings {
	s.Divisions, s.Sources = append([]Division{}, s.Divisions...), append([]Source{}, s.Sources...)
	s.Ranking = append([]Metric{}, s.Ranking...)
	slices.SortFunc(s.Divisions, func(a, b Division) int { return int(min(1, max(-1, a.DivisionID-b.DivisionID))) })
	return s
}
