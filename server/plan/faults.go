package plan

import "github.com/hoithi/hoithi/server/fault"

var (
	noCut = fault.New(fault.Conflict, "no_cut",
		"Vòng này không xét suất: kế hoạch cho tất cả, hoặc những ai đã vào vòng trước, cùng vào.",
		"Nobody is chosen for this round: the plan lets everybody enter, or those of the round before.")
	promotedAlready = fault.New(fault.Conflict, "promoted_already",
		"Suất vào vòng này đã được xét rồi. Hãy tải lại trang. Chưa có gì thay đổi.",
		"Who enters this round has been decided already. Reload the page. Nothing has changed.")
	notPromoted = fault.New(fault.Conflict, "not_promoted",
		"Suất vào vòng này chưa được xét.", "Who enters this round has not been decided yet.")
	promotionBlocked = fault.New(fault.Conflict, "promotion_blocked",
		"Chưa xét suất được; hãy xem các mục được liệt kê. Chưa có gì thay đổi.",
		"The entries can't be decided yet; see the list. Nothing has changed.")
	promotionMoved = fault.New(fault.Conflict, "promotion_moved",
		"Điểm hoặc kế hoạch vừa thay đổi so với bản xem trước, nên chưa xét. Hãy xem lại rồi xét.",
		"The scores or the plan have changed since the preview, so nothing was decided. Look again, then decide.")
	roundBegun = fault.New(fault.Conflict, "round_begun",
		"Vòng này đã bắt đầu nên suất vào vòng không đổi được nữa.", "This round has begun, so its entries can no longer change.")
	contestOver = fault.New(fault.Conflict, "contest_over",
		"Hội thi đã kết thúc nên suất vào vòng không đổi được nữa.", "The contest is over, so the entries of its rounds can no longer change.")
	noPlace = fault.New(fault.Conflict, "no_place",
		"Đơn vị này không có suất vào vòng này, hoặc suất đã chuyển cho đơn vị khác. Chưa có gì được lưu.",
		"This unit has no place in the round, or the place has passed to another one. Nothing was saved.")
	namingOver = fault.New(fault.Conflict, "naming_over",
		"Đã hết hạn cử đội. Nếu vẫn muốn dự thi, hãy liên hệ Ban Tổ chức ngay. Danh sách cũ vẫn giữ nguyên.",
		"The time for naming teams is over. If you still want to take part, ask the organizers at once. What was named before stands.")
	notEligible = fault.New(fault.Invalid, "not_eligible",
		"Có người không đủ điều kiện vào đội của đơn vị này. Chưa có gì được lưu.",
		"Somebody may not stand in this unit's team. Nothing was saved.")
	badTeam = fault.New(fault.Invalid, "invalid_team",
		"Danh sách đội chưa đúng nên chưa lưu. Hãy xem các ô được đánh dấu.", "The team is not right, so it was not saved. Look at the marked fields.")
	reasonNeeded = fault.New(fault.Invalid, "reason_needed",
		"Hãy ghi lý do (từ 3 đến 500 ký tự): lý do vào nhật ký và biên bản.", "Give a reason of 3 to 500 characters: it is recorded.")
	noReserve = fault.New(fault.Conflict, "no_reserve",
		"Không còn ai trong danh sách dự bị.", "There is nobody left in reserve.")
	reservesTied = fault.New(fault.Conflict, "reserves_tied",
		"Những người dự bị kế tiếp đang đồng hạng. Hãy phân định đồng hạng trước, rồi chuyển suất. Chưa có gì thay đổi.",
		"The next in reserve are tied. Resolve the tie first, then pass the place on. Nothing has changed.")
	notTied = fault.New(fault.Conflict, "not_tied",
		"Nhóm đồng hạng này vừa thay đổi hoặc không còn đồng hạng. Hãy tải lại trang. Chưa có gì được lưu.",
		"This tie has changed, or is none any more. Reload the page. Nothing was saved.")
	badDecision = fault.New(fault.Invalid, "invalid_decision",
		"Quyết định phân định chưa đủ nên chưa lưu. Hãy xem các ô được đánh dấu.",
		"The decision is not complete, so it was not saved. Look at the marked fields.")
	tieRoundOpen = fault.New(fault.Conflict, "tie_round_open",
		"Vòng phân định chưa chốt điểm của đủ những người đồng hạng.", "The tie-break round has not been closed with a score for everybody who is tied.")
	decisionUsed = fault.New(fault.Conflict, "decision_used",
		"Quyết định này đã được dùng khi xét suất vào vòng sau. Hãy hoàn tác việc xét suất trước.",
		"Entries of a later round rest on this decision. Undo that promotion first.")
)
