package judging

import (
	"strconv"

	"github.com/hoithi/hoithi/server/fault"
)

func conflict(code, vi, en string) *fault.Fault { return fault.New(fault.Conflict, code, vi, en) }

func invalid(code, vi, en string) *fault.Fault { return fault.New(fault.Invalid, code, vi, en) }

func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

// Faults of marking. Whatever was saved before stays saved.
var (
	errClosed = conflict("judging_closed",
		"Phần thi này đã khóa điểm nên không thay đổi được nữa. Các điểm đã lưu vẫn nguyên.",
		"The marks of this round are closed, so nothing can be changed any more. Saved marks are untouched.")
	errSheetLocked = conflict("sheet_locked",
		"Phiếu này đã chốt nên không sửa được nữa. Điểm đã chốt vẫn nguyên.",
		"This sheet is locked and cannot be changed any more. The locked marks are untouched.")
	errSuperseded = fault.New(fault.Superseded, "device_superseded",
		"Bạn đang chấm trên một thiết bị khác. Điểm đã lưu vẫn còn; bấm \"Chấm trên máy này\" để chấm tiếp ở đây.",
		"You are marking on another device. What was saved is safe; choose to mark on this one to go on here.")
	errWriter = invalid("writer_unknown",
		"Thiết bị này chưa nhận phiếu chấm. Hãy tải lại trang.",
		"This device has not taken over the sheets. Reload the page.")
	errMarkConflict = conflict("mark_conflict",
		"Một điểm khác đã được lưu với cùng số thứ tự. Hãy tải lại trang để xem điểm đã lưu.",
		"Another mark was saved under the same number. Reload the page to see what is saved.")
	errMark = invalid("mark_invalid",
		"Điểm này không hợp lệ nên chưa được lưu: phải từ 0 đến điểm tối đa, đúng bước điểm.",
		"This mark is not valid, so it was not saved: it must lie between 0 and the maximum, on one of the steps.")
	errNotOnPanel = fault.New(fault.Forbidden, "not_on_panel",
		"Bạn không có trong ban giám khảo của phần thi này. Nếu đây là nhầm lẫn, hãy báo Ban Tổ chức.",
		"You are not on the panel of this round. If that is a mistake, tell the organizers.")
	errAbsent = fault.New(fault.Forbidden, "judge_absent",
		"Bạn đang được ghi là vắng mặt nên chưa chấm được. Hãy báo thư ký.",
		"You are noted as absent, so you cannot mark. Tell the secretary.")
	errNotBegun = conflict("performance_not_begun",
		"Tiết mục này chưa bắt đầu nên chưa chấm được.",
		"This performance has not begun, so it cannot be marked yet.")
	errSheetIncomplete = conflict("sheet_incomplete",
		"Phiếu còn tiêu chí chưa chấm nên chưa chốt được.",
		"Some criteria have no mark yet, so the sheet cannot be locked.")
	errSheetDiffers = conflict("sheet_differs",
		"Điểm trên màn hình khác điểm đã lưu nên phiếu chưa được chốt. Hãy xem lại rồi chốt.",
		"The marks on the screen differ from what is saved, so the sheet was not locked. Look again, then lock it.")
	errSheetReopened = conflict("sheet_reopened",
		"Phiếu này đã chốt, rồi được hai người cho mở lại; lần chốt cũ không còn hiệu lực. Điểm vẫn còn nguyên. Hãy xem lại rồi chốt phiếu.",
		"This sheet was locked and has been opened again by two people since, so the earlier lock counts no more. The marks are safe. Look again, then lock it.")
	errOthersMarks = fault.New(fault.Forbidden, "judges_see_own_marks",
		"Bạn là giám khảo của phần thi này nên không xem được bảng điểm chung khi phần thi chưa khóa.",
		"You are a judge of this round, so you cannot see everybody's marks before it is closed.")
	errMarksOpen = fault.New(fault.Forbidden, "marks_open",
		"Giám sát xem bảng điểm sau khi phần thi đã khóa. Phần thi này chưa khóa; hãy mở lại trang khi Trưởng ban đã khóa điểm.",
		"A supervisor reads the marks once they are closed. This round is not closed yet; open the page again when it is.")
)

// Faults of the stage.
var (
	errContestNotRunning = conflict("contest_not_running",
		"Hội thi chưa ở trạng thái đang diễn ra. Hãy chuyển trạng thái hội thi trước.",
		"The contest is not running. Move the contest on first.")
	errOthersOnStage = conflict("stage_taken",
		"Đang có tiết mục khác trên sân khấu. Hãy kết thúc tiết mục đó trước.",
		"Another performance is on stage. Finish it first.")
	errNotPlanned = conflict("performance_begun",
		"Tiết mục này đã bắt đầu.", "This performance has already begun.")
	errStillPlanned = conflict("performance_planned",
		"Tiết mục này chưa bắt đầu.", "This performance has not begun.")
	errNotOnStage = conflict("performance_not_on_stage",
		"Tiết mục này không ở trên sân khấu.", "This performance is not on stage.")
	errHasMarks = conflict("performance_has_marks",
		"Tiết mục này đã có điểm nên không đưa về chưa diễn được.",
		"This performance has marks already, so it cannot go back to planned.")
	errNotDone = conflict("performance_not_done",
		"Hãy kết thúc tiết mục trước rồi mới sửa thời gian.", "Finish the performance first, then correct its time.")
	errSeconds = invalid("seconds_invalid",
		"Thời gian phải từ 0 giây đến một ngày.", "The time must lie between 0 seconds and one day.")
	errReason = invalid("reason_missing",
		"Cần ghi lý do (2 đến 500 ký tự).", "A reason is needed (2 to 500 characters).")
	errNotReady = conflict("judging_not_ready",
		"Phần thi chưa sẵn sàng. Hãy làm xong các mục được nêu.",
		"The round is not ready. Finish what is named.")
	errNotComplete = conflict("judging_not_complete",
		"Chưa khóa điểm được vì còn việc chưa xong.",
		"The marks cannot be closed yet: something is still missing.")
)

// Faults of the stage clock, of performances for practice, and of notes.
var (
	errClock = conflict("clock_elsewhere",
		"Đồng hồ không ở trạng thái này nữa, có thể người khác vừa bấm. Hãy xem lại đồng hồ rồi bấm tiếp.",
		"The clock is not in that state any more; somebody else may have pressed. Look at it again, then go on.")
	errPauseReason = invalid("pause_reason",
		"Hãy ghi lý do tạm dừng trước khi cho đồng hồ chạy tiếp.", "Give the reason for the pause before the clock goes on.")
	errConduct = invalid("conduct_invalid",
		"Cách tiến hành chưa đúng nên chưa lưu. Hãy xem các ô được đánh dấu.",
		"These settings are not right, so they were not saved. Look at the marked fields.")
	errCalibrationTitle = invalid("calibration_title",
		"Tên tiết mục thử cần từ 1 đến 200 ký tự.", "A performance for practice needs a name of 1 to 200 characters.")
	errCalibrations = conflict("calibrations_enough",
		"Mỗi phần thi có tối đa 5 tiết mục thử.", "A round has at most 5 performances for practice.")
	errNotCalibration = conflict("not_calibration",
		"Đây không phải tiết mục thử.", "This is not a performance for practice.")
	errCalibrationOnStage = conflict("calibration_on_stage",
		"Tiết mục thử đang diễn. Hãy kết thúc trước rồi mới xóa.", "It is on stage. Finish it first, then remove it.")
	errCalibrationMarked = conflict("calibration_marked",
		"Biểu điểm này đã dùng để chấm tiết mục thử. Hãy xóa tiết mục thử trước khi đổi biểu điểm.",
		"A performance for practice was marked by this rubric. Remove it before you change the rubric.")
	errNote = invalid("note_invalid",
		"Ghi chú chưa được lưu: dài tối đa 2.000 ký tự.", "The note was not saved: it has at most 2,000 characters.")
)

// Faults of the panel, and of what was changed on the night.
var (
	errBarred = fault.New(fault.Forbidden, "judge_barred",
		"Bạn có liên quan đến đội, thí sinh này nên theo thể lệ không chấm lượt này. Các phiếu khác của bạn không bị ảnh hưởng.",
		"You are tied to this entry, so by the rules you do not mark this turn. Your other sheets are untouched.")
	errNobodyMarks = conflict("nobody_marks",
		"Không còn giám khảo nào được chấm lượt này: người thì vắng, người thì có liên quan. Hãy thay giám khảo hoặc đổi cách xử lý người có liên quan trước khi bắt đầu.",
		"Nobody on the panel may mark this turn: absent, or tied to the entry. Replace a judge or change the rule for ties before you begin.")
	errTies = invalid("ties_invalid",
		"Khai báo liên quan chưa đúng nên chưa lưu. Hãy xem các dòng được đánh dấu.",
		"The ties are not right, so they were not saved. Look at the marked lines.")
	errKeeper = invalid("keeper_invalid",
		"Người giữ danh sách tên phải là Ban Tổ chức hoặc thư ký của hội thi và không chấm phần này.",
		"Whoever holds the names must be an organizer or secretary of the contest, and not mark this round.")
	errNamesHeld = fault.New(fault.Forbidden, "names_held",
		"Phần thi này chấm bằng mã: chỉ người giữ danh sách tên làm được việc này trước khi khóa điểm.",
		"This round is marked by codes: only whoever holds the names can do this before the close.")
	errOrderTonight = conflict("order_tonight",
		"Phần thi đã bắt đầu: hãy đổi từng lượt kèm lý do (chuyển chỗ, xuống cuối, rút).",
		"The round has begun: change single turns with a reason (move, put last, leave out).")
	errOrderPlace = invalid("order_place",
		"Chỗ này không nằm trong các lượt chưa diễn.", "This place is not among the turns to come.")
	errOrderSame = conflict("order_same",
		"Lượt này đã ở đó rồi nên không có gì thay đổi.", "The turn stands there already, so nothing was changed.")
	errSitsOut = conflict("performance_left_out",
		"Đội, thí sinh này đã rút hoặc không diễn phần này. Hãy đưa trở lại trước.",
		"This entry has withdrawn or was left out of this part. Bring it back first.")
	errNothingToCopy = conflict("nothing_to_copy",
		"Phần kia không có gì dùng được cho phần này.", "The other part has nothing that fits this one.")
)

// Faults of the set-up.
var (
	errRulesStand = conflict("rules_stand",
		"Phần thi đã bắt đầu nên biểu điểm, cách tính và ban giám khảo không đổi được nữa.",
		"The round has begun, so its rubric, rules and panel can no longer be changed.")
	errRubric = invalid("rubric_invalid",
		"Biểu điểm chưa đúng nên chưa lưu. Hãy xem các ô được đánh dấu.",
		"The rubric is not right, so it was not saved. Look at the marked fields.")
	errRules = invalid("rules_invalid",
		"Cách tính điểm chưa đúng nên chưa lưu. Hãy xem các ô được đánh dấu.",
		"The rules are not right, so they were not saved. Look at the marked fields.")
	errPanel = invalid("panel_invalid",
		"Ban giám khảo chưa đúng nên chưa lưu. Hãy xem các dòng được đánh dấu.",
		"The panel is not right, so it was not saved. Look at the marked lines.")
	errOrder = invalid("order_invalid",
		"Thứ tự trình bày chưa đúng nên chưa lưu. Hãy xem các dòng được đánh dấu.",
		"The running order is not right, so it was not saved. Look at the marked lines.")
	errOrderBegun = conflict("order_begun",
		"Đã có tiết mục bắt đầu nên không bốc thăm lại được.",
		"A performance has begun, so the order cannot be drawn again.")
	errNoEntries = conflict("no_entries",
		"Hội thi chưa có đội, thí sinh nào để xếp thứ tự.", "The contest has no entries yet to put in an order.")
)
