package exam

// SetupWarning is something of a set-up that may be as it is, but that organizers should know.
type SetupWarning struct {
	Code string `json:"code" enum:"trial"`
	Vi   string `json:"vi"`
	En   string `json:"en"`
}

// warnings are what is allowed and seldom meant.
func (s Settings) warnings() []SetupWarning {
	list := []SetupWarning{}
	if s.Attempts != 1 && s.ShowScore == AtSubmit {
		w := SetupWarning{Code: "trial",
			Vi: "Được thi nhiều lượt và điểm hiện ngay khi nộp: thí sinh có thể đổi từng câu rồi so điểm để dò ra đáp án. Nên cho xem điểm sau khi kỳ thi đóng.",
			En: "Several attempts, and points at once: who changes one answer at a time and compares the points finds out the right ones. Better show points after the period has closed."}
		if s.Attempts == 0 {
			w.Vi = "Không giới hạn số lượt và điểm hiện ngay khi nộp: thí sinh có thể đổi từng câu rồi so điểm để dò ra đáp án. Nên giới hạn số lượt, hoặc cho xem điểm sau khi kỳ thi đóng."
			w.En = "Attempts without a limit, and points at once: who changes one answer at a time and compares the points finds out the right ones. Better limit the attempts, or show points after the period has closed."
		}
		list = append(list, w)
	}
	return list
}
