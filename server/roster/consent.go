package roster

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/unit"
)

// Purposes that personal data may be used for.
const (
	PurposeTakePart = "take_part"      // to run the contest: without it nobody can be registered
	PurposePublish  = "publish"        // name and picture in public
	PurposeLater    = "later_contests" // invitations to later contests
	PurposeGuardian = "guardian"       // a parent's, for a child
)

// Purpose is one thing that personal data may be used for, in one wording. A wording never changes: a new one is a new
// version.
type Purpose struct {
	Key      string
	Version  string
	Required bool
	Vi, En   string
}

// Hash is that of the wording in both languages, as proof of what was agreed to.
func (p Purpose) Hash() []byte {
	sum := sha256.Sum256([]byte(p.Vi + "\n" + p.En))
	return sum[:]
}

// Purposes are asked of everyone who registers, each with a box of its own that is not ticked beforehand. A contest may
// have its own wording of them.
var Purposes = []Purpose{
	{
		Key: PurposeTakePart, Version: "2026-2", Required: true,
		Vi: "Tôi đồng ý để Ban Tổ chức dùng thông tin đã khai để tổ chức hội thi này: xét điều kiện dự thi, liên hệ, xếp lịch, chấm điểm và công bố kết quả theo số báo danh, đơn vị. Nếu đăng ký cho đội, tôi đã được từng thành viên đồng ý.",
		En: "I agree that the organizers use what is given here to run this contest: to check who may take part, to get in touch, to schedule, to mark, and to publish results by candidate number and unit. If I register a team, each of its members has agreed.",
	},
	{
		Key: PurposePublish, Version: "2026-1",
		Vi: "Tôi đồng ý để Ban Tổ chức công bố họ tên và hình ảnh của tôi trên bảng xếp hạng, trang kết quả và tin, bài về hội thi. Nếu không đồng ý, nơi công khai chỉ hiện chữ cái đầu của tên và số báo danh.",
		En: "I agree that the organizers publish my name and pictures on the leaderboard, on the results page and in news about the contest. If I do not, the public sees only initials and the candidate number.",
	},
	{
		Key: PurposeLater, Version: "2026-2",
		Vi: "Tôi muốn nhận thư mời, thông báo về các hội thi sau qua thông tin liên hệ đã khai.",
		En: "I would like to be invited to later contests through the contact given here.",
	},
}

// GuardianPurpose is what a parent or guardian agrees to, for each child under AdultAge beside the child's own consent.
var GuardianPurpose = Purpose{
	Key: PurposeGuardian, Version: "2026-1", Required: true,
	Vi: "Tôi là cha, mẹ hoặc người giám hộ. Tôi đã đọc các mục đồng ý ở trên cùng với con, em và đồng ý cho con, em dự thi theo các mục đã chọn.",
	En: "I am a parent or guardian. I have read the points above together with the child and agree that the child takes part as ticked there.",
}

// AdultAge is from when on a person agrees alone.
const AdultAge = 16

// formerPurposes are wordings that people agreed to and that are no longer shown.
var formerPurposes = []Purpose{
	{
		Key: PurposeTakePart, Version: "2026-1", Required: true,
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
		Key: PurposeLater, Version: "2026-1",
		Vi: "Tôi muốn nhận thông báo về các hội thi sau qua thông tin liên hệ đã khai.",
		En: "I would like to hear of later contests through the contact given here.",
	},
}

// Method says how a consent was given.
type Method string

const (
	ByForm      Method = "form"      // ticked in the registration form
	ByOwnPage   Method = "own_page"  // changed later by the person
	ByLeader    Method = "leader"    // a unit's leader holds it on paper
	ByOrganizer Method = "organizer" // an organizer has recorded what the person told
)

// Evidence is what proves a consent, and no more than that: of the address only the network.
type Evidence struct {
	Method        Method
	Agent         string // the browser, as it names itself
	Network       string
	Statement     string // of a leader: how it was obtained and where the paper is
	GuardianName  string
	GuardianPhone string
}

// Consent is the answer to one purpose.
type Consent struct {
	Purpose string
	Version string
	Given   bool
	At      time.Time
	// Person is the place in the team, from 1, of the child that a guardian's consent is for; 0: everybody.
	Person int
	Evidence
}

var (
	consentMissing = fault.New(fault.Invalid, "consent_missing",
		"Cần đánh dấu các mục đồng ý bắt buộc thì Ban Tổ chức mới được nhận đăng ký. Chưa có gì được lưu.",
		"The required boxes must be ticked before the organizers may take the registration. Nothing was saved.")
	consentOutdated = fault.New(fault.Conflict, "consent_outdated",
		"Nội dung đồng ý vừa được cập nhật. Hãy tải lại trang, đọc lại và gửi lần nữa; chưa có gì được lưu.",
		"The texts you agree to have changed. Reload the page, read them and send again; nothing was saved.")
	guardianMissing = fault.New(fault.Invalid, "guardian_missing",
		"Người dưới 16 tuổi dự thi cần có cha, mẹ hoặc người giám hộ đồng ý: ghi họ tên, số điện thoại và đánh dấu. Chưa có gì được lưu.",
		"For somebody under 16 a parent or guardian must agree: name, phone number and their own tick. Nothing was saved.")
	statementMissing = fault.New(fault.Invalid, "consent_statement_missing",
		"Hãy xác nhận đơn vị đang giữ phiếu đồng ý của người dự thi và ghi cách lấy đồng ý (từ 10 đến 500 ký tự). Chưa có gì được lưu.",
		"Confirm that the unit keeps the contestants' signed consent, and say how it was obtained (10 to 500 characters). Nothing was saved.")
)

// CheckConsents pairs the answers with the purposes: each one answered once, in the version shown now, the required
// ones with yes; what is not answered counts as no. minors are the places of the children among the people, each of whom
// needs the consent of a guardian.
func CheckConsents(purposes []Purpose, guardian Purpose, given []Consent, minors []int) ([]Consent, error) {
	answers := map[string]Consent{}
	guardians := map[int]Consent{}
	for _, c := range given {
		if c.Purpose == PurposeGuardian {
			guardians[c.Person] = c
			continue
		}
		answers[c.Purpose] = c
	}
	f := consentMissing
	out := make([]Consent, 0, len(purposes)+len(minors))
	for i, p := range purposes {
		answer, answered := answers[p.Key]
		if answered && answer.Version != p.Version {
			return nil, consentOutdated
		}
		if p.Required && !answer.Given {
			f = f.At(fmt.Sprintf("consents[%d]", i), "Mục này là bắt buộc.", "This one is required.")
		}
		out = append(out, Consent{Purpose: p.Key, Version: p.Version, Given: answer.Given, Evidence: answer.Evidence})
	}
	if len(f.Fields) > 0 {
		return nil, f
	}
	f = guardianMissing
	for i, place := range minors {
		c, answered := guardians[place]
		if answered && c.Version != guardian.Version {
			return nil, consentOutdated
		}
		c.GuardianName, c.GuardianPhone = unit.CleanName(c.GuardianName), CleanPhone(c.GuardianPhone)
		path := fmt.Sprintf("guardians[%d].", i)
		if n := len([]rune(c.GuardianName)); n < 2 || n > maxPersonName || !hasLetter(c.GuardianName) {
			f = f.At(path+"name", "Ghi họ và tên cha, mẹ hoặc người giám hộ.", "Give the name of the parent or guardian.")
		}
		if !isPhone(c.GuardianPhone) {
			f = f.At(path+"phone", "Số điện thoại cần 10 chữ số, bắt đầu bằng 0 hoặc +84.", "A phone number has 10 digits and begins with 0 or +84.")
		}
		if !c.Given {
			f = f.At(path+"given", "Cha, mẹ hoặc người giám hộ cần đánh dấu mục này.", "The parent or guardian must tick this.")
		}
		out = append(out, Consent{Purpose: PurposeGuardian, Version: guardian.Version, Given: true, Person: place, Evidence: c.Evidence})
	}
	if len(f.Fields) > 0 {
		return nil, f
	}
	return out, nil
}

// UnitConsents are those of people whom a unit's leader registers: the unit keeps what they have signed. Names are
// published only when the leader says that the papers allow it.
func UnitConsents(purposes []Purpose, held bool, publish bool, statement string) ([]Consent, error) {
	statement = unit.CleanName(statement)
	if n := len([]rune(statement)); !held || n < 10 || n > maxReason {
		return nil, statementMissing.At("statement", statementMissing.Vi, statementMissing.En)
	}
	evidence := Evidence{Method: ByLeader, Statement: statement}
	out := make([]Consent, 0, len(purposes))
	for _, p := range purposes {
		given := p.Required || p.Key == PurposePublish && publish
		out = append(out, Consent{Purpose: p.Key, Version: p.Version, Given: given, Evidence: evidence})
	}
	return out, nil
}

// Minors lists the places, from 1, of those who are under AdultAge on a day. Who gave no birth date is not among them.
func Minors(members []Member, day Date) []int {
	var places []int
	for i, m := range members {
		if born, ok := ReadDate(m.BirthDate); ok && born.AgeAt(day) < AdultAge {
			places = append(places, i+1)
		}
	}
	return places
}

// NetworkOf keeps of an address what tells networks apart, and not devices: two parts of IPv4, three of IPv6.
func NetworkOf(address string) string {
	if parts := strings.Split(address, "."); len(parts) == 4 {
		return parts[0] + "." + parts[1] + ".x.x"
	}
	if parts := strings.Split(address, ":"); len(parts) > 3 {
		return strings.Join(parts[:3], ":") + "::"
	}
	return ""
}

// PublicName is what the public reads of an entry whose name is not to be published: initials and number. A team's name
// is nobody's name and stays.
func PublicName(kind Kind, name, number string, erased bool) string {
	switch {
	case erased && kind == KindTeam:
		return "Đội ẩn danh " + number
	case erased:
		return "Thí sinh ẩn danh " + number
	case kind == KindTeam:
		return name
	}
	var initials []rune
	for _, word := range strings.Fields(name) {
		initials = append(initials, []rune(strings.ToUpper(word))[0], '.')
	}
	return string(initials) + " (" + number + ")"
}
