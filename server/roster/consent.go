package roster

import (
	"fmt"
	"time"

	"github.com/hoithi/hoithi/server/fault"
)

// Purpose is one thing that personal data may be used for. Its text never changes: a new wording is a new version.
type Purpose struct {
	Key      string
	Version  string
	Required bool
	Vi, En   string
}

// Purposes are asked of everyone who registers, each with a box of its own that is not ticked beforehand.
var Purposes = []Purpose{
	{
		Key: "take_part", Version: "2026-1", Required: true,
		Vi: "Tôi đồng ý để Ban Tổ chức dùng họ tên, đơn vị và thông tin liên hệ đã khai để tổ chức hội thi này. Nếu đăng ký cho đội, tôi đã được các thành viên đồng ý.",
		En: "I agree that the organizers use the names, the unit and the contact given here to run this contest. If I register a team, its members have agreed.",
	},
	{
		Key: "results", Version: "2026-1", Required: true,
		Vi: "Tôi biết rằng tên thí sinh hoặc tên đội, đơn vị và kết quả được công bố trên bảng xếp hạng và trang kết quả.",
		En: "I know that the name of the contestant or team, the unit and the result are shown on the leaderboard and the results page.",
	},
	{
		Key: "pictures", Version: "2026-1",
		Vi: "Tôi đồng ý để Ban Tổ chức dùng hình ảnh tại hội thi trong tin, bài về hội thi.",
		En: "I agree that the organizers use pictures taken at the contest in their news about it.",
	},
	{
		Key: "later_contests", Version: "2026-1",
		Vi: "Tôi muốn nhận thông báo về các hội thi sau qua thông tin liên hệ đã khai.",
		En: "I would like to hear of later contests through the contact given here.",
	},
}

// Consent is the answer to one purpose.
type Consent struct {
	Purpose string
	Version string
	Given   bool
	At      time.Time
}

var (
	consentMissing = fault.New(fault.Invalid, "consent_missing",
		"Cần đánh dấu các mục đồng ý bắt buộc thì Ban Tổ chức mới được nhận đăng ký. Chưa có gì được lưu.",
		"The required boxes must be ticked before the organizers may take the registration. Nothing was saved.")
	consentOutdated = fault.New(fault.Conflict, "consent_outdated",
		"Nội dung đồng ý vừa được cập nhật. Hãy tải lại trang, đọc lại và gửi lần nữa; chưa có gì được lưu.",
		"The texts you agree to have changed. Reload the page, read them and send again; nothing was saved.")
)

// CheckConsents pairs the answers with the purposes: each one answered once, in the version shown now, the required
// ones with yes. What is not answered counts as no.
func CheckConsents(given []Consent) ([]Consent, error) {
	answers := map[string]Consent{}
	for _, c := range given {
		answers[c.Purpose] = c
	}
	f := consentMissing
	out := make([]Consent, 0, len(Purposes))
	for i, p := range Purposes {
		answer, answered := answers[p.Key]
		if answered && answer.Version != p.Version {
			return nil, consentOutdated
		}
		if p.Required && !answer.Given {
			f = f.At(fmt.Sprintf("consents[%d]", i), "Mục này là bắt buộc.", "This one is required.")
		}
		out = append(out, Consent{Purpose: p.Key, Version: p.Version, Given: answer.Given})
	}
	if len(f.Fields) > 0 {
		return nil, f
	}
	return out, nil
}
