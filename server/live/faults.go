package live

import (
	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/fault"
)

var (
	errNotPrepared = fault.New(fault.Internal, "live_not_prepared",
		"Máy chủ chưa sẵn sàng cho kết nối trực tiếp. Hãy báo cho Ban Tổ chức.",
		"The server is not set up for live connections. Tell the organizers.")
	errUpgradeOnly = fault.New(fault.Invalid, "websocket_only",
		"Địa chỉ này chỉ dành cho kết nối trực tiếp của trình duyệt.",
		"This address only serves the browser's live connection.")
	errOrigin = fault.New(fault.Forbidden, "origin_refused",
		"Trang web này không được phép kết nối tới cuộc thi. Hãy mở cuộc thi bằng địa chỉ do Ban Tổ chức đưa.",
		"This web page may not connect to the contest. Open the contest by the address that the organizers gave.")
	errFull = fault.New(fault.Unavailable, "live_full",
		"Máy chủ đang đầy kết nối. Trình duyệt sẽ tự thử lại sau ít giây.",
		"The server has no room for more connections. The browser tries again in a few seconds.")
	errStopping = fault.New(fault.Unavailable, "live_restarting",
		"Máy chủ đang khởi động lại. Trình duyệt sẽ tự kết nối lại.",
		"The server is restarting. The browser reconnects by itself.")
	errTooFast = fault.New(fault.TooMany, "too_fast",
		"Thao tác quá nhanh. Hãy chờ một giây rồi thử lại.",
		"Too many actions at once. Wait a second and try again.")
	errMalformed = fault.New(fault.Invalid, "malformed",
		"Nội dung gửi lên không hợp lệ nên chưa được lưu.",
		"What was sent is not valid, so it was not saved.")
	errUnknownCommand = fault.New(fault.NotFound, "unknown_command",
		"Máy chủ không biết thao tác này. Hãy tải lại trang.",
		"The server does not know this action. Reload the page.")
	errUnknownTopic = fault.New(fault.NotFound, "unknown_topic",
		"Không có nội dung trực tiếp này. Hãy tải lại trang.",
		"There is no such live content. Reload the page.")
	errManyTopics = fault.New(fault.TooMany, "too_many_subscriptions",
		"Trang này đang theo dõi quá nhiều nội dung. Hãy tải lại trang.",
		"This page follows too many things. Reload the page.")
	errNotPermitted = fault.New(fault.Forbidden, "not_permitted",
		"Bạn không có quyền làm việc này.",
		"You are not permitted to do this.")
	errAborted = fault.New(fault.Unavailable, "no_answer",
		"Máy chủ chưa trả lời kịp nên chưa rõ đã lưu hay chưa. Hãy thử lại.",
		"The server did not answer in time, so it is not known whether this was saved. Try again.")
)

// FaultField points at one wrong value of a command's data.
type FaultField struct {
	Path   string `json:"path"`
	Detail string `json:"detail"`
}

// FaultData is how a fault stands in a message: the same names as in an HTTP answer.
type FaultData struct {
	Status            int               `json:"status" doc:"as an HTTP status"`
	Code              string            `json:"code" doc:"stable name of what went wrong"`
	Detail            string            `json:"detail" doc:"what happened, in the reader's language"`
	Fields            []FaultField      `json:"fields" doc:"wrong values of the command's data"`
	RetryAfterSeconds int               `json:"retry_after_seconds,omitempty"`
	Params            map[string]string `json:"params,omitempty"`
}

func faultData(f *fault.Fault, p account.Principal) FaultData {
	say := func(vi, en string) string {
		if p.Locale == "en" {
			return en
		}
		return vi
	}
	d := FaultData{
		Status: f.Kind.Status(), Code: f.Code, Detail: say(f.Vi, f.En),
		RetryAfterSeconds: f.RetryAfterSeconds, Params: f.Params,
	}
	for _, x := range f.Fields {
		d.Fields = append(d.Fields, FaultField{Path: x.Path, Detail: say(x.Vi, x.En)})
	}
	return d
}
