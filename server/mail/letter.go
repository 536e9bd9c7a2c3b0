package mail

import (
	"bytes"
	"fmt"
	html "html/template"
	"strings"
)

// Template is a kind of letter.
type Template string

// Letters.
const (
	Registered  Template = "registered"
	Approved    Template = "approved"
	Declined    Template = "declined"
	Waitlisted  Template = "waitlisted"
	MovedUp     Template = "moved_up"
	ChangeDone  Template = "change_answered"
	DataAnswer  Template = "data_answered"
	DataErased  Template = "data_erased" // the last one to a person: nothing of it is kept once it has gone
	Invitation  Template = "invitation"
	KeepingOver Template = "keeping_over"
	VoteCode    Template = "vote_code" // to somebody in the audience: its address is forgotten once it has gone
)

// Content is what a letter is made of. Path is one on this server; it may carry a secret, so contents are stored sealed.
type Content struct {
	Contest   string `json:"contest"`
	Organizer string `json:"organizer"`
	Name      string `json:"name"`
	Number    string `json:"number,omitempty"`
	Reason    string `json:"reason,omitempty"`
	Role      string `json:"role,omitempty"`
	Path      string `json:"path,omitempty"`
	Count     int    `json:"count,omitempty"`
}

// written is a letter in words.
type written struct {
	Subject    string
	Greeting   string
	Paragraphs []string
	Fact, Said string // one thing to see at a glance: "Số báo danh", "017"
	Action     string // words of the button
	Address    string // its address, in full
	Foot       string
}

// write puts a letter into words. Everything that people typed becomes single lines here.
func write(t Template, locale, server string, c Content) written {
	c.Contest, c.Organizer, c.Name = line(c.Contest, 160), line(c.Organizer, 160), line(c.Name, 120)
	c.Number, c.Reason = line(c.Number, 12), line(c.Reason, 600)
	vi := locale != "en"
	say := func(v, e string) string {
		if vi {
			return v
		}
		return e
	}
	w := written{Greeting: say("Kính gửi ", "Dear ") + c.Name + ","}
	if c.Path != "" {
		w.Address = strings.TrimRight(server, "/") + c.Path
	}
	reason := func() {
		if c.Reason != "" {
			w.Paragraphs = append(w.Paragraphs, say("Nội dung trả lời: ", "The answer: ")+c.Reason)
		}
	}
	switch t {
	case Registered:
		w.Subject = say("Đã nhận đăng ký dự thi: ", "Registration received: ") + c.Contest
		w.Paragraphs = []string{
			say("Ban Tổ chức đã nhận đăng ký dự thi của bạn và sẽ xem xét.", "The organizers have received your registration and will look at it."),
			say("Dùng liên kết dưới đây để xem kết quả duyệt, sửa hoặc rút đăng ký. Liên kết này dành riêng cho bạn, xin đừng chuyển cho người khác.",
				"Use the link below to see how it stands, to correct or to withdraw it. The link is yours alone: please do not pass it on."),
		}
		w.Action = say("Xem đăng ký của tôi", "See my registration")
	case Approved:
		w.Subject = say("Đăng ký đã được duyệt: ", "Registration approved: ") + c.Contest
		w.Fact, w.Said = say("Số báo danh", "Candidate number"), c.Number
		w.Paragraphs = []string{
			say("Đăng ký dự thi của bạn đã được duyệt.", "Your registration has been approved."),
			say("Để vào thi, mở liên kết dưới đây trên máy của bạn, hoặc nhập số báo danh và mã dự thi in trên thẻ. Liên kết thay cho mã dự thi: hãy giữ kín.",
				"To enter, open the link below on your own device, or type the candidate number and the code of your card. The link stands for the code: keep it secret."),
		}
		w.Action = say("Vào thi", "Enter")
	case Declined:
		w.Subject = say("Đăng ký chưa được chấp nhận: ", "Registration not accepted: ") + c.Contest
		w.Paragraphs = []string{say("Rất tiếc, Ban Tổ chức chưa chấp nhận đăng ký dự thi của bạn.", "We are sorry: the organizers have not accepted your registration.")}
		if c.Reason != "" {
			w.Paragraphs = append(w.Paragraphs, say("Lý do: ", "Reason: ")+c.Reason)
		}
		w.Paragraphs = append(w.Paragraphs, say("Nếu có nhầm lẫn, hãy liên hệ Ban Tổ chức; bạn cũng có thể đăng ký lại khi còn hạn.",
			"If this is a mistake, ask the organizers; you may also register again while registration is open."))
	case Waitlisted:
		w.Subject = say("Đăng ký vào danh sách chờ: ", "On the waiting list: ") + c.Contest
		w.Paragraphs = []string{say("Số suất dự thi đã đủ, nên đăng ký của bạn được đưa vào danh sách chờ. Bạn không cần làm gì; khi có suất trống, Ban Tổ chức sẽ báo.",
			"All places are taken, so your registration is on the waiting list. There is nothing to do; when a place is free, the organizers will tell you.")}
		if c.Reason != "" {
			w.Paragraphs = append(w.Paragraphs, say("Ghi chú: ", "Note: ")+c.Reason)
		}
	case MovedUp:
		w.Subject = say("Đã có suất dự thi: ", "A place is free: ") + c.Contest
		w.Paragraphs = []string{say("Đã có suất trống, nên đăng ký của bạn được chuyển từ danh sách chờ sang chờ duyệt. Bạn không cần làm gì; Ban Tổ chức sẽ báo khi duyệt xong.",
			"A place has become free, so your registration has left the waiting list and now waits for approval. There is nothing to do; the organizers will tell you when it is approved.")}
		if c.Reason != "" {
			w.Paragraphs = append(w.Paragraphs, say("Ghi chú: ", "Note: ")+c.Reason)
		}
	case ChangeDone:
		w.Subject = say("Trả lời đề nghị thay đổi: ", "Your request for a change: ") + c.Contest
		w.Paragraphs = []string{say("Ban Tổ chức đã trả lời đề nghị thay đổi thông tin đăng ký của bạn.", "The organizers have answered your request to change the registration.")}
		reason()
	case DataAnswer:
		w.Subject = say("Trả lời yêu cầu về dữ liệu cá nhân: ", "Your request about personal data: ") + c.Contest
		w.Paragraphs = []string{say("Ban Tổ chức đã trả lời yêu cầu của bạn về dữ liệu cá nhân.", "The organizers have answered your request about your personal data.")}
		reason()
	case DataErased:
		w.Greeting = say("Kính gửi bạn,", "Good day,")
		w.Subject = say("Đã xóa dữ liệu cá nhân: ", "Personal data erased: ") + c.Contest
		w.Paragraphs = []string{
			say("Theo yêu cầu của bạn, dữ liệu cá nhân của bạn ở hội thi này đã được xóa. Số báo danh, đơn vị và kết quả được giữ lại dưới dạng ẩn danh.",
				"As you asked, your personal data in this contest has been erased. Candidate number, unit and results stay, without your name."),
		}
		reason()
		w.Paragraphs = append(w.Paragraphs, say("Địa chỉ nhận thư này cũng được xóa ngay sau khi thư đã gửi.", "The address of this letter is forgotten too, as soon as the letter has gone."))
	case VoteCode:
		w.Greeting = say("Kính gửi bạn,", "Good day,")
		w.Subject = c.Number + say(" là mã bỏ phiếu: ", " is the code for your vote: ") + c.Contest
		w.Fact, w.Said = say("Mã bỏ phiếu", "Code for your vote"), c.Number
		w.Paragraphs = []string{
			say(fmt.Sprintf("Nhập mã này vào trang bình chọn. Mã dùng được trong %d phút; mỗi địa chỉ thư bỏ một phiếu.", c.Count),
				fmt.Sprintf("Type this code on the voting page. It works for %d minutes; each mail address has one vote.", c.Count)),
			say("Nếu bạn không yêu cầu mã này, hãy bỏ qua thư. Địa chỉ nhận thư được xóa ngay sau khi thư đã gửi.",
				"If you did not ask for it, do nothing. The address of this letter is forgotten as soon as the letter has gone."),
		}
	case Invitation:
		w.Subject = say("Mời tham gia: ", "Invitation: ") + c.Contest
		w.Paragraphs = []string{
			say("Bạn được mời tham gia hội thi với vai trò: ", "You are invited to take part in the contest as ") + roleWords(c.Role, vi) + ".",
			say("Mở liên kết dưới đây để đặt mật khẩu và bắt đầu. Liên kết dùng một lần, xin đừng chuyển cho người khác.",
				"Open the link below to choose a password and begin. It works once: please do not pass it on."),
		}
		w.Action = say("Nhận lời mời", "Accept the invitation")
	case KeepingOver:
		w.Subject = say("Hết thời hạn lưu dữ liệu cá nhân: ", "Personal data may be erased: ") + c.Contest
		w.Paragraphs = []string{fmt.Sprintf(say("Thời hạn lưu dữ liệu cá nhân của hội thi đã hết, hiện còn dữ liệu của %d người dự thi. Hãy xem lại và xóa khi không còn cần.",
			"The personal data of the contest has been kept as long as was announced; %d entries still have theirs. Please look at it and erase what is no longer needed."), c.Count)}
		w.Action = say("Mở trang dữ liệu cá nhân", "Open the page on personal data")
	}
	if w.Address == "" {
		w.Action = ""
	}
	w.Foot = c.Contest
	if c.Organizer != "" {
		w.Foot += " · " + c.Organizer
	}
	return w
}

func roleWords(role string, vi bool) string {
	words := map[string][2]string{"organizer": {"ban tổ chức", "organizer"}, "host": {"người dẫn", "host"}, "secretary": {"thư ký", "secretary"},
		"judge": {"giám khảo", "judge"}, "supervisor": {"giám sát", "supervisor"}, "timekeeper": {"người bấm giờ", "timekeeper"}, "leader": {"phụ trách đơn vị", "leader of a unit"}}
	pair, known := words[role]
	switch {
	case !known && vi:
		return "thành viên"
	case !known:
		return "member"
	case vi:
		return pair[0]
	}
	return pair[1]
}

// text is the letter for those who read plain text.
func (w written) text() string {
	parts := []string{w.Greeting}
	parts = append(parts, w.Paragraphs...)
	if w.Fact != "" {
		parts = append(parts, w.Fact+": "+w.Said)
	}
	if w.Action != "" {
		parts = append(parts, w.Action+":\n"+w.Address)
	}
	return strings.Join(append(parts, "--\n"+w.Foot), "\n\n") + "\n"
}

// page is the letter in simple HTML: nothing in it is fetched from anywhere.
var page = html.Must(html.New("letter").Parse(`<!doctype html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.W.Subject}}</title></head>
<body style="margin:0;padding:24px 12px;background:#f5f3ec;color:#131a2a;font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.55">
<div style="max-width:560px;margin:0 auto;padding:28px;background:#ffffff;border:1px solid #dedacd;border-radius:8px">
<p style="margin:0 0 16px">{{.W.Greeting}}</p>
{{range .W.Paragraphs}}<p style="margin:0 0 16px">{{.}}</p>
{{end}}{{if .W.Fact}}<p style="margin:0 0 16px;padding:12px 16px;border-left:4px solid #0a4da3;background:#eef3fa">{{.W.Fact}}<br><strong style="font-size:28px">{{.W.Said}}</strong></p>
{{end}}{{if .W.Action}}<p style="margin:24px 0"><a href="{{.W.Address}}" style="display:inline-block;padding:13px 22px;background:#0a4da3;color:#ffffff;text-decoration:none;border-radius:6px;font-weight:bold">{{.W.Action}}</a></p>
<p style="margin:0 0 16px;font-size:13px;color:#566079;word-break:break-all">{{.W.Address}}</p>
{{end}}<p style="margin:24px 0 0;padding-top:14px;border-top:1px solid #dedacd;font-size:13px;color:#566079">{{.W.Foot}}</p>
</div></body></html>
`))

func (w written) html(locale string) (string, error) {
	var b bytes.Buffer
	err := page.Execute(&b, struct {
		Lang string
		W    written
	}{locale, w})
	return b.String(), err
}
