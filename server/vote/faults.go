package vote

import "github.com/hoithi/hoithi/server/fault"

// Faults of voting. A vote that was acknowledged stays.
var (
	errSettings = fault.New(fault.Invalid, "vote_settings_invalid",
		"Cài đặt bình chọn chưa hợp lệ. Chưa có gì thay đổi; hãy xem các mục được đánh dấu.",
		"The settings of the vote are not valid. Nothing was changed; see the marked fields.")
	errSettingsStand = fault.New(fault.Conflict, "vote_settings_stand",
		"Bình chọn đã mở nên chỉ còn đổi được giờ đóng. Các phiếu đã bỏ vẫn nguyên.",
		"The vote has been opened, so only its end can still be moved. Votes are untouched.")
	errOpened = fault.New(fault.Conflict, "vote_opened",
		"Bình chọn này đã mở rồi.", "This vote has been opened already.")
	errNotOpen = fault.New(fault.Conflict, "vote_not_open",
		"Bình chọn chưa mở nên phiếu chưa được ghi nhận, mã trên phiếu vẫn còn dùng được. Hãy đợi Ban Tổ chức mở.",
		"The vote is not open yet, so nothing was counted and your ticket is still good. Wait until the organizers open it.")
	errClosed = fault.New(fault.Conflict, "vote_closed",
		"Bình chọn đã đóng nên không nhận phiếu nữa. Phiếu đã được ghi nhận trước đó vẫn nguyên.",
		"The vote is closed and takes no more votes. A vote that was confirmed before stands.")
	errNothingToClose = fault.New(fault.Conflict, "vote_nothing_to_close",
		"Bình chọn chưa mở, hoặc đã đóng rồi. Chưa có gì thay đổi; hãy tải lại trang.",
		"The vote has not been opened, or is closed already. Nothing was changed; reload the page.")
	errNoTickets = fault.New(fault.Conflict, "vote_no_tickets",
		"Bình chọn đã đóng nên không tạo thêm phiếu in.", "The vote is closed, so no more tickets are made.")
	errWithdrawn = fault.New(fault.Conflict, "vote_candidate_withdrawn",
		"Đội hoặc thí sinh này đã rút khỏi hội thi nên không nhận phiếu nữa. Phiếu của bạn chưa được dùng: hãy chọn tên khác.",
		"This entry has withdrawn and takes no more votes. Your vote was not used: choose another one.")
	errUsedWithdrawn = fault.New(fault.Conflict, "vote_used_withdrawn",
		"Mã hoặc địa chỉ này đã bỏ phiếu, cho một đội hoặc thí sinh về sau đã rút. Mỗi mã, mỗi địa chỉ chỉ bỏ một phiếu nên không bỏ lại được.",
		"This ticket or address has voted already, for an entry that has withdrawn since. Each has one vote, so it cannot vote again.")
	errNotClosed = fault.New(fault.Conflict, "vote_not_closed",
		"Hãy đóng bình chọn trước khi công bố số phiếu.", "Close the vote before its count is published.")
	errNotRunning = fault.New(fault.Conflict, "vote_contest_not_running",
		"Hội thi chưa bắt đầu nên chưa mở bình chọn được. Hãy bắt đầu hội thi ở trang Tổng quan.",
		"The contest is not running, so the vote cannot be opened. Start the contest on its overview.")
	errNoCandidates = fault.New(fault.Conflict, "vote_no_candidates",
		"Cần ít nhất hai đội hoặc thí sinh để bình chọn. Hãy thêm thí sinh trước.",
		"A vote needs at least two entries to choose from. Add entries first.")
	errMailOff = fault.New(fault.Conflict, "vote_mail_off",
		"Máy chủ chưa gửi được thư nên không bình chọn bằng thư điện tử được. Hãy dùng phiếu in.",
		"This server sends no mail, so people cannot vote by mail address. Use printed tickets.")
	errCandidate = fault.New(fault.Invalid, "vote_candidate",
		"Lựa chọn này không có trong danh sách bình chọn. Hãy tải lại trang.", "This choice is not on the list. Reload the page.")
	errTicket = fault.New(fault.Invalid, "vote_ticket",
		"Mã phiếu không đúng. Hãy xem lại mã in trên phiếu; phiếu chưa được dùng.",
		"This ticket code is not right. Look at the code on the ticket again; no vote was used.")
	errWay = fault.New(fault.Invalid, "vote_way",
		"Bình chọn này không nhận cách bỏ phiếu đó.", "This vote does not take votes that way.")
	errUsed = fault.New(fault.Conflict, "vote_used",
		"Mã hoặc địa chỉ này đã bỏ phiếu rồi. Phiếu đã bỏ vẫn nguyên và không đổi được.",
		"This ticket or address has voted already. That vote stands and cannot be changed.")
	errAddress = fault.New(fault.Invalid, "vote_address",
		"Địa chỉ thư chưa đúng. Hãy xem lại.", "This is no mail address. Look at it again.")
	errCode = fault.New(fault.Invalid, "vote_code",
		"Mã trong thư không đúng hoặc đã hết hạn. Hãy xem lại thư, hoặc xin mã mới.",
		"The code is not the one in the letter, or it has run out. Look at the letter again, or ask for a new code.")
	errTooMany = fault.New(fault.TooMany, "vote_too_many",
		"Có quá nhiều lần thử từ mạng này. Hãy đợi một phút rồi thử lại; phiếu đúng mã vẫn bỏ được.",
		"There were too many tries from this network. Wait a minute and try again; a right ticket still works.")
	errSoon = fault.New(fault.TooMany, "vote_code_soon",
		"Mã vừa được gửi tới địa chỉ này. Hãy xem hộp thư (cả thư rác), hoặc đợi một phút để xin mã mới.",
		"A code has just been sent to this address. Look into the mailbox (and its junk folder), or ask again in a minute.")
	errCodesMost = fault.New(fault.Conflict, "vote_code_most",
		"Địa chỉ này đã được gửi đủ số mã cho phép. Hãy dùng mã trong thư mới nhất, hoặc bỏ phiếu bằng địa chỉ khác.",
		"This address has been sent as many codes as there are. Use the one in the newest letter, or vote with another address.")
)
