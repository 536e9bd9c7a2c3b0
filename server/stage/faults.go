package stage

import "github.com/hoithi/hoithi/server/fault"

func conflict(code, vi, en string) *fault.Fault { return fault.New(fault.Conflict, code, vi, en) }

// Faults of cues. Nothing has changed when one of them is given.
var (
	errStaleTimer     = conflict("timer_stale", "Hẹn giờ này đã cũ.", "This timer's moment has passed.")
	errEarlyTimer     = conflict("timer_early", "Chưa đến giờ.", "This timer is early.")
	errUnknownCue     = fault.New(fault.Invalid, "cue_unknown", "Thao tác không hợp lệ.", "There is no such cue.")
	errReason         = fault.New(fault.Invalid, "reason_invalid", "Lý do dài quá 500 ký tự hoặc có ký tự lạ.", "The reason is longer than 500 characters, or has characters that can't be stored.")
	errNoItems        = conflict("no_items", "Vòng thi chưa có câu hỏi. Hãy thêm câu hỏi trước khi bắt đầu.", "The round has no items yet. Add items before you start it.")
	errStarted        = conflict("already_started", "Vòng thi đã bắt đầu.", "The round has already started.")
	errNotStarted     = conflict("not_started", "Vòng thi chưa bắt đầu.", "The round has not started yet.")
	errRoundOver      = conflict("round_over", "Vòng thi đã kết thúc.", "The round is over.")
	errNotClosedRound = conflict("round_not_closed", "Hãy kết thúc vòng thi trước khi chốt điểm.", "Finish the round before you hand on its scores.")
	errPaused         = conflict("round_paused", "Vòng thi đang tạm dừng. Hãy tiếp tục trước.", "The round is paused. Resume it first.")
	errNotPaused      = conflict("round_not_paused", "Vòng thi không tạm dừng.", "The round is not paused.")
	errNothingOnStage = conflict("nothing_on_stage", "Chưa có câu hỏi nào trên sân khấu.", "There is no item on stage yet.")
	errNotShown       = conflict("item_not_shown", "Câu này đã mở rồi. Chọn \"Câu tiếp theo\" để đi tiếp.", "This item has been opened already. Choose the next item to go on.")
	errNotOpen        = conflict("item_not_open", "Câu hỏi không trong thời gian trả lời.", "The item is not open.")
	errStillOpen      = conflict("item_still_open", "Câu này còn đang nhận trả lời. Hãy khóa trả lời và chờ thu xong.", "This item still takes answers. Close it and wait until the last answers are in.")
	errStillClosing   = conflict("item_still_closing", "Đang thu các câu trả lời cuối. Chờ một giây rồi công bố đáp án.", "The last answers are being stored. Wait a second, then reveal.")
	errStillShown     = conflict("item_still_shown", "Câu này đã hiện mà chưa mở. Hãy mở câu hỏi hoặc lùi một bước.", "This item is shown but was not opened. Open it, or undo.")
	errNotClosedItem  = conflict("item_not_closed", "Câu này chưa khóa trả lời, hoặc đã công bố đáp án.", "This item is not closed, or its answer is public already.")
	errNoMoreItems    = conflict("no_more_items", "Đã hết câu hỏi. Có thể kết thúc vòng thi.", "There are no more items. You can finish the round.")
	errNoReserve      = conflict("no_reserve_item", "Không còn câu dự phòng.", "There is no reserve item left.")
	errNoSuchItem     = fault.New(fault.NotFound, "item_not_in_round", "Câu hỏi này không thuộc vòng thi.", "This item is not part of the round.")
	errItemUsed       = conflict("item_used", "Câu hỏi này đã dùng trong vòng thi.", "This item has been used in this round.")
	errNoSuchPlay     = fault.New(fault.NotFound, "play_not_found", "Không có lượt câu hỏi này, hoặc câu này không còn tính điểm.", "There is no such play, or it doesn't count any more.")
	errNoChange       = conflict("nothing_to_change", "Không có gì thay đổi.", "That is how it is already.")
	errNothingToUndo  = conflict("nothing_to_undo", "Không có bước nào để lùi.", "There is nothing to undo.")
	errUndoTooLate    = conflict("undo_too_late", "Không lùi được bước này nữa vì đã có bước sau.", "This can't be undone any more: something has followed it.")
	errUndoTimeUp     = conflict("undo_time_up", "Không lùi được: thời gian đã chạy hết. Có thể hủy câu hoặc thay câu dự phòng.", "This can't be undone: the time has run. You can void the item, or replace it by a reserve.")
	errUndoExposed    = conflict("undo_answer_public", "Không mở lại được: đáp án đã công bố. Có thể hủy câu hoặc thay câu dự phòng.", "It can't be opened again: the answer has been public. You can void the item, or replace it by a reserve.")
	errMoved          = conflict("round_moved_on", "Vòng thi vừa có thao tác khác. Xem lại màn hình rồi thử lại.", "Another cue came first. Look at the screen, then try again.")
)

// Faults of the timeline.
var (
	errSettings = fault.New(fault.Invalid, "settings_invalid", "Thiết lập của vòng thi chưa đúng.", "The settings of the round are not right.")
	errTimeline = fault.New(fault.Invalid, "timeline_invalid", "Danh sách câu hỏi của vòng thi chưa đúng.", "The items of the round are not right.")
)

// MaxItems bounds a round's timeline.
const MaxItems = 200

// CheckSettings tells what is wrong with settings.
func CheckSettings(s Settings) *fault.Fault {
	f := errSettings
	in := func(path string, v, low, high int64, vi, en string) {
		if v < low || v > high {
			f = f.At(path, vi, en)
		}
	}
	if s.Scoring != ScoringFixed && s.Scoring != ScoringSpeed {
		f = f.At("scoring", "Chọn tính điểm cố định hoặc theo tốc độ.", "Choose fixed points or points by speed.")
	}
	if s.Scoring == ScoringSpeed && !s.ShowTime {
		f = f.At("show_time", "Tính điểm theo tốc độ thì phải tính thời gian.", "Points by speed need the time to count.")
	}
	in("points", s.Points, 0, 10_000_000, "Điểm từ 0 đến 100.000.", "Points are between 0 and 100,000.")
	in("wrong_loss", s.WrongLoss, 0, 10_000_000, "Điểm trừ từ 0 đến 100.000.", "The loss is between 0 and 100,000 points.")
	in("duration_s", s.DurationS, 3, 3600, "Thời gian từ 3 giây đến 1 giờ.", "The time is between 3 seconds and 1 hour.")
	in("grace_ms", s.GraceMs, 0, 3000, "Thời gian chờ mạng từ 0 đến 3 giây.", "The grace is between 0 and 3 seconds.")
	in("open_after_s", s.OpenAfterS, 0, 600, "Từ 0 đến 600 giây.", "Between 0 and 600 seconds.")
	in("reveal_after_s", s.RevealAfter, 0, 600, "Từ 0 đến 600 giây.", "Between 0 and 600 seconds.")
	in("next_after_s", s.NextAfterS, 0, 600, "Từ 0 đến 600 giây.", "Between 0 and 600 seconds.")
	if len(f.Fields) == 0 {
		return nil
	}
	return f
}

// CheckTimeline tells what keeps a round from starting.
func CheckTimeline(s Settings, items []Item) *fault.Fault {
	if f := CheckSettings(s); f != nil {
		return f
	}
	seen := make(map[int64]bool, len(items))
	first := false
	for _, it := range items {
		if it.ID <= 0 || it.VersionID <= 0 || seen[it.ID] || it.Points < 0 || it.Points > 10_000_000 ||
			it.DurationUs < 3_000_000 || it.DurationUs > 3_600_000_000 {
			return errTimeline
		}
		seen[it.ID] = true
		first = first || !it.Reserve
	}
	if len(items) > MaxItems {
		return errTimeline
	}
	if !first {
		return errNoItems
	}
	return nil
}
