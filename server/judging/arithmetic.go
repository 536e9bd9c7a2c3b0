package judging

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hoithi/hoithi/server/scoring"
)

// ArithmeticLine is one step between the totals of the sheets and the score, in the words of the minutes:
// "Chia cho số phiếu", "51,00 : 3 =", "17,00". The screen has the same lines (frontend lib/judging/arithmetic.ts); the
// examples in testdata hold both to the same text.
type ArithmeticLine struct {
	Label  string `json:"label"`
	How    string `json:"how"`
	Result string `json:"result"`
}

// Points writes hundredths of a point as people here read them, with at least so many decimals: 750 is 7,5 or 7,50.
func Points(hundredths int64, decimals int) string {
	sign := ""
	if hundredths < 0 {
		sign, hundredths = "−", -hundredths
	}
	whole := strconv.FormatInt(hundredths/100, 10)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "." + whole[i:]
	}
	fraction := fmt.Sprintf("%02d", hundredths%100)
	for len(fraction) > decimals && strings.HasSuffix(fraction, "0") {
		fraction = fraction[:len(fraction)-1]
	}
	if fraction == "" {
		return sign + whole
	}
	return sign + whole + "," + fraction
}

// SeatName is how the working names a judge.
func SeatName(seat int) string { return "GK" + strconv.Itoa(seat) }

// DroppedReason says why a sheet does not count; empty when it does.
func DroppedReason(d scoring.Dropped) string {
	switch d {
	case scoring.DroppedHighest:
		return "bỏ: cao nhất"
	case scoring.DroppedLowest:
		return "bỏ: thấp nhất"
	case scoring.DroppedFar:
		return "bỏ: lệch quá mức"
	case scoring.DroppedSpare:
		return "không cần đến"
	case scoring.DroppedOther:
		return "không lấy"
	case scoring.DroppedPartial:
		return "chưa chấm đủ các lượt"
	case scoring.Kept:
	}
	return ""
}

// CombinedText is what the combination gives, before the deduction.
func CombinedText(w scoring.Working) string {
	switch {
	case w.Ranks != nil:
		return Points(w.Combined, 0)
	case w.Count > 0:
		return Points(w.Combined, int(w.Decimals))
	}
	return "–"
}

// ScoreText is the score as it is printed: places are exact, points have the round's decimals.
func ScoreText(w scoring.Working) string {
	if w.Ranks != nil {
		return Points(w.Score, 0)
	}
	return Points(w.Score, int(w.Decimals))
}

// Arithmetic is the way from the totals to the score, without either.
func Arithmetic(w scoring.Working) []ArithmeticLine {
	a := sums{w}
	switch {
	case len(w.Sheets) == 0, w.Method == scoring.RankSum && w.LeftOut == scoring.LeftOutOpen:
		return nil
	case w.Ranks != nil:
		return a.places()
	}
	return append(slices.Concat(a.middle(), a.within(), a.markers(), a.scale(), a.mean()), a.overtime("Trừ quá giờ"))
}

// sums writes the lines of one working.
type sums struct{ w scoring.Working }

func (a sums) show(v int64) string { return Points(v, int(a.w.Decimals)) }

// plus is "7,00 + 8,00 ="; nothing for one number.
func (a sums) plus(numbers []string) string {
	if len(numbers) < 2 {
		return ""
	}
	return strings.Join(numbers, " + ") + " ="
}

func onClock(seconds int64) string {
	if seconds >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
	}
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}

func (a sums) overtime(label string) ArithmeticLine {
	o := a.w.Overtime
	how := "dùng " + onClock(o.UsedSeconds)
	switch {
	case o.LimitSeconds == 0:
	case o.OverSeconds == 0:
		how += ", trong " + onClock(o.LimitSeconds)
	default:
		how += ", quá " + onClock(o.LimitSeconds) + " là " + onClock(o.OverSeconds)
	}
	line := ArithmeticLine{Label: label, How: "(" + how + ")", Result: a.show(0)}
	if o.Deduction > 0 {
		line.Result = "−" + a.show(o.Deduction)
	}
	return line
}

func (a sums) places() []ArithmeticLine {
	r := a.w.Ranks
	var ranks []string
	for _, s := range a.w.Sheets {
		if s.Rank != 0 {
			ranks = append(ranks, Points(s.Rank, 0))
		}
	}
	return []ArithmeticLine{a.overtime("Trừ quá giờ vào tổng từng phiếu, trước khi xếp thứ"),
		{Label: "Cộng thứ bậc", How: a.plus(ranks), Result: Points(r.Sum, 0)},
		{Label: fmt.Sprintf("%d giám khảo × (%d lượt + 1) − tổng thứ bậc", r.Judges, r.Entries),
			How: fmt.Sprintf("%d × %d − %s =", r.Judges, r.Entries+1, Points(r.Sum, 0)), Result: Points(a.w.Combined, 0)}}
}

func (a sums) total(seat int) int64 {
	for _, s := range a.w.Sheets {
		if s.Seat == seat {
			return s.Total
		}
	}
	return 0
}

func (a sums) middle() []ArithmeticLine {
	if a.w.Middle == nil {
		return nil
	}
	var totals []string
	for _, seat := range a.w.Middle.Order {
		totals = append(totals, a.show(a.total(seat)))
	}
	return []ArithmeticLine{{Label: "Xếp từ thấp đến cao", How: strings.Join(totals, " · ")}}
}

func (a sums) within() []ArithmeticLine {
	x := a.w.Within
	if x == nil {
		return nil
	}
	var all, far []string
	for _, s := range a.w.Sheets {
		all = append(all, a.show(s.Total))
		if s.Dropped == scoring.DroppedFar {
			far = append(far, SeatName(s.Seat)+" lệch "+a.show(max(s.Total, x.Mean)-min(s.Total, x.Mean)))
		}
	}
	if len(far) == 0 && a.w.LeftOut == scoring.Applied {
		far = []string{"Không phiếu nào lệch quá"}
	}
	return []ArithmeticLine{{Label: "Tổng mọi phiếu", How: a.plus(all), Result: a.show(x.Sum)},
		{Label: "Trung bình ban đầu", How: fmt.Sprintf("%s : %d =", a.show(x.Sum), x.Count), Result: a.show(x.Mean)},
		{Label: "Bỏ phiếu lệch quá " + Points(x.Distance, 0), How: strings.Join(far, " · ")}}
}

func (a sums) markers() []ArithmeticLine {
	x := a.w.Markers
	if x == nil {
		return nil
	}
	var lines []ArithmeticLine
	if x.Third != scoring.ThirdOpen {
		one, two := a.total(x.First), a.total(x.Second)
		lines = append(lines, ArithmeticLine{Label: SeatName(x.First) + " và " + SeatName(x.Second) + " chênh nhau",
			How: a.show(max(one, two)) + " − " + a.show(min(one, two)) + " =", Result: a.show(x.Difference)})
	}
	third := "chờ đủ hai phiếu"
	switch x.Third {
	case scoring.ThirdNeedless:
		third = "không cần"
	case scoring.ThirdMissing:
		third = "còn thiếu phiếu"
	case scoring.ThirdGiven:
		third = SeatName(x.ThirdSeat) + map[scoring.ThirdRule]string{scoring.ThirdNearer: ": lấy trung bình với phiếu gần hơn",
			scoring.ThirdAll: ": lấy trung bình cả ba", scoring.ThirdAlone: ": lấy điểm lần ba"}[x.Rule]
	case scoring.ThirdOpen:
	}
	return append(lines, ArithmeticLine{Label: "Chấm lần ba khi chênh từ", How: Points(x.Percent, 0) + "\u00a0% × " + Points(x.Highest, 0) + " =",
		Result: a.show(x.Threshold)}, ArithmeticLine{Label: "Người chấm thứ ba", How: third})
}

func (a sums) scale() []ArithmeticLine {
	x := a.w.Scale
	if x == nil || a.w.LeftOut != scoring.Applied {
		return nil
	}
	lines := []ArithmeticLine{{Label: "Mặt bằng chung", How: "trung bình " + a.show(x.Mean) + ", độ lệch " + a.show(x.Spread)}}
	for _, s := range a.w.Sheets {
		judge := x.Judges[slices.IndexFunc(x.Judges, func(j scoring.JudgeScale) bool { return j.Seat == s.Seat })]
		how := "cho mọi lượt như nhau, lấy trung bình chung"
		if judge.Spread != 0 {
			how = fmt.Sprintf("%s + (%s − %s) × %s : %s =", a.show(x.Mean), a.show(s.Total), a.show(judge.Mean), a.show(x.Spread), a.show(judge.Spread))
		}
		lines = append(lines, ArithmeticLine{Label: fmt.Sprintf("%s (tb %s, lệch %s)", SeatName(s.Seat), a.show(judge.Mean), a.show(judge.Spread)),
			How: how, Result: a.show(s.Counted)})
	}
	return lines
}

func (a sums) mean() []ArithmeticLine {
	var kept []string
	for _, s := range a.w.Sheets {
		if s.Dropped == scoring.Kept && (a.w.Middle == nil || slices.Contains(a.w.Middle.Middle, s.Seat)) {
			kept = append(kept, a.show(s.Counted))
		}
	}
	label := "Chia cho số phiếu"
	switch {
	case a.w.Middle != nil && len(kept) == 1:
		return []ArithmeticLine{{Label: "Phiếu ở giữa", Result: a.show(a.w.Mean)}}
	case a.w.Middle != nil:
		label = "Trung bình hai phiếu ở giữa"
	}
	return []ArithmeticLine{{Label: "Tổng các phiếu được tính", How: a.plus(kept), Result: a.show(a.w.Sum)},
		{Label: label, How: fmt.Sprintf("%s : %d =", a.show(a.w.Sum), a.w.Count), Result: a.show(a.w.Mean)}}
}

// ArithmeticNotes is what the reader must know beside the lines: a rule that could not be applied, and the rounding.
func ArithmeticNotes(w scoring.Working) []string {
	var notes []string
	switch w.LeftOut {
	case scoring.LeftOutAllFar:
		notes = append(notes, "Phiếu nào cũng cách trung bình quá mức cho phép nên không bỏ phiếu nào.")
	case scoring.LeftOutNoFullJudge:
		notes = append(notes, "Không giám khảo nào chấm đủ mọi lượt nên không xếp thứ bậc được: lấy trung bình các phiếu.")
	case scoring.LeftOutSameEntries:
		notes = append(notes, "Mọi giám khảo chấm cùng các lượt nên không cần đưa về mặt bằng chung: lấy trung bình các phiếu.")
	case scoring.LeftOutFewSheets:
		notes = append(notes, fmt.Sprintf("Có giám khảo chấm chưa đủ %d lượt nên không đưa về mặt bằng chung: lấy trung bình các phiếu.", w.Scale.LeastSheets))
	case scoring.LeftOutOpen:
		if w.Method == scoring.RankSum {
			notes = append(notes, "Thứ bậc được tính khi đủ phiếu của lượt này.")
		} else {
			notes = append(notes, "Lượt này được đưa về mặt bằng chung khi đủ phiếu.")
		}
	case scoring.Applied:
	}
	switch {
	case w.DropDone >= w.DropWanted:
	case w.DropDone == 0:
		notes = append(notes, fmt.Sprintf("Chỉ có %d phiếu (dưới 5) nên không bỏ phiếu nào.", len(w.Sheets)))
	default:
		notes = append(notes, fmt.Sprintf("Có %d phiếu nên mỗi đầu chỉ bỏ %d, để còn ít nhất 3.", len(w.Sheets), w.DropDone))
	}
	if w.Scale != nil && w.LeftOut == scoring.Applied {
		notes = append(notes, "Điểm đưa về mặt bằng = trung bình chung + (tổng phiếu − trung bình của giám khảo) × độ lệch chung : độ lệch của giám khảo; không dưới 0, không quá "+Points(w.Scale.Highest, 0)+"."+
			" Trung bình và độ lệch của mỗi giám khảo lấy từ tổng các phiếu người ấy đã chốt trong bảng điểm: độ lệch là căn bậc hai của trung bình các bình phương chênh lệch so với trung bình; trung bình chung và độ lệch chung tính như vậy trên mọi phiếu.")
	}
	if w.Ranks != nil {
		return append(notes, "Thứ bậc bằng nhau thì chia đều (hạng 1 và 2 thành 1,5), không làm tròn.")
	}
	return append(notes, fmt.Sprintf("Mỗi số được làm tròn %d chữ số thập phân (5 làm tròn lên), bước sau tính tiếp từ số đã làm tròn.", w.Decimals))
}
