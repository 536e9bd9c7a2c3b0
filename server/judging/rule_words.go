package judging

import (
	"fmt"
	"strings"

	"github.com/hoithi/hoithi/server/scoring"
)

// RuleText says in one sentence how the sheets become a score: the sentence of the screen, for the minutes.
func RuleText(r MarkingRules) string {
	text := methodText(r.Combining)
	if r.Absent == AbsenceWaits {
		text += " Giám khảo vắng thì chờ đủ phiếu mới tính điểm."
	}
	return text
}

func methodText(c scoring.Combining) string {
	rounded := fmt.Sprintf("làm tròn %d chữ số thập phân.", c.Decimals)
	switch c.Method {
	case scoring.TrimmedMean:
		return fmt.Sprintf("Bỏ %d phiếu cao nhất và %d phiếu thấp nhất, lấy trung bình cộng các phiếu còn lại, ", c.Drop, c.Drop) + rounded
	case scoring.Median:
		return "Lấy phiếu đứng giữa (số chẵn: trung bình hai phiếu giữa), " + rounded
	case scoring.MeanWithin:
		return "Trung bình cộng; bỏ phiếu lệch quá " + Points(c.Distance, 0) + " so với trung bình rồi tính lại một lần, " + rounded
	case scoring.RankSum:
		return "Cộng thứ bậc của từng giám khảo; điểm = số giám khảo × (số lượt + 1) − tổng thứ bậc."
	case scoring.TwoMarkers:
		third := "lấy trung bình với phiếu gần hơn, "
		switch c.Third {
		case scoring.ThirdAll:
			third = "lấy trung bình cả ba, "
		case scoring.ThirdAlone:
			return "Hai người chấm; chênh từ " + Points(c.Threshold, 0) + "\u00a0% điểm tối đa thì chấm lần ba và lấy điểm lần ba, " + rounded
		case scoring.ThirdNearer:
		}
		return "Hai người chấm; chênh từ " + Points(c.Threshold, 0) + "\u00a0% điểm tối đa thì chấm lần ba, " + third + rounded
	case scoring.ZScore:
		return fmt.Sprintf("Đưa phiếu của từng giám khảo về mặt bằng chung khi họ chấm các lượt khác nhau và mỗi người chấm từ %d lượt, rồi lấy trung bình; ", c.LeastSheets) + rounded
	case scoring.Mean:
	}
	return "Trung bình cộng các phiếu, " + rounded
}

// OvertimeText says what a performance loses that takes longer than its limit.
func OvertimeText(o scoring.Overtime) string {
	switch {
	case o.LimitSeconds == 0:
		return "Không giới hạn thời gian"
	case o.Method == scoring.OvertimeNone:
		return "Thời gian " + span(o.LimitSeconds) + ", quá giờ không trừ điểm"
	case o.Method == scoring.OvertimePerMinute:
		return "Tự trừ vào điểm chung khi quá " + span(o.LimitSeconds) + ": mỗi phút tròn trừ " + Points(o.PerMinute, 0)
	}
	var steps []string
	for _, s := range o.Steps {
		steps = append(steps, "từ "+span(s.FromSeconds)+" trừ "+Points(s.Deduction, 0))
	}
	return "Tự trừ vào điểm chung khi quá " + span(o.LimitSeconds) + ": " + strings.Join(steps, "; ")
}

// span writes a time in words: 1 phút 30 giây.
func span(seconds int64) string {
	switch minutes, rest := seconds/60, seconds%60; {
	case minutes == 0:
		return fmt.Sprintf("%d giây", rest)
	case rest == 0:
		return fmt.Sprintf("%d phút", minutes)
	default:
		return fmt.Sprintf("%d phút %d giây", minutes, rest)
	}
}
