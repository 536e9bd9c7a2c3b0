package exam

import (
	"errors"

	"github.com/hoithi/hoithi/server/fault"
)

func conflict(code, vi, en string) *fault.Fault { return fault.New(fault.Conflict, code, vi, en) }

var errNoKey = errors.New("exam: a paper names a version whose key is not known")

// Faults that contestants meet. Each says what is safe.
var (
	errNoEntry = fault.New(fault.Unauthenticated, "not_an_entry",
		"Hãy vào thi bằng số báo danh và mã dự thi.", "Enter with the candidate number and code first.")
	errNotInRound = fault.New(fault.Forbidden, "not_in_round",
		"Thí sinh này không có trong danh sách của vòng thi. Hãy hỏi Ban Tổ chức.", "This entry is not on the list of the round. Please ask the organizers.")
	errNoPeriod = fault.New(fault.NotFound, "exam_no_period",
		"Vòng thi không có kỳ này. Hãy tải lại trang.", "The round has no such period. Reload the page.")
	errTooEarly = conflict("exam_not_open",
		"Chưa đến giờ thi. Giờ mở ghi trên trang này, theo đồng hồ của máy chủ.", "It has not opened yet. The time stands on this page, by the server's clock.")
	errOver = conflict("exam_over",
		"Đã hết giờ thi của kỳ này nên không bắt đầu được nữa. Bài đã làm vẫn được giữ.", "The period is over, so nothing can be started. What you did before is kept.")
	errNoneLeft = conflict("exam_no_attempt_left",
		"Đã dùng hết lượt thi của kỳ này. Kết quả các lượt trước vẫn được giữ.", "All attempts of this period are used. The results of the earlier ones are kept.")
	errOtherOpen = conflict("exam_other_open",
		"Đang có một lượt thi chưa nộp ở kỳ khác. Hãy làm tiếp hoặc nộp lượt đó trước.", "An attempt of another period is still open. Go on with it, or submit it first.")
	errNotPrepared = fault.New(fault.Unavailable, "exam_not_prepared",
		"Đề chưa sẵn sàng; Ban Tổ chức đã được báo. Lượt thi của bạn chưa bị tính: hãy chờ rồi bấm lại.",
		"The paper is not ready yet; the organizers know. No attempt of yours was used: wait a little, then try again.")
	errNotStarted = conflict("exam_not_started",
		"Ban Tổ chức chưa cho bắt đầu vòng thi này. Lượt thi của bạn chưa bị tính.", "The organizers have not started this round yet. No attempt of yours was used.")
	errPaused = fault.New(fault.Conflict, "round_paused",
		"Vòng thi đang tạm dừng. Câu đã lưu không mất, thời gian tạm dừng sẽ được trả lại. Hãy chờ rồi gửi lại.",
		"The round stands still. Nothing that was saved is lost, and the time will be given back. Wait, then send it again.")
	errNoAttempt = fault.New(fault.NotFound, "exam_no_attempt",
		"Không tìm thấy lượt thi này. Hãy tải lại trang; câu đã lưu không mất.", "This attempt was not found. Reload the page; nothing that was saved is lost.")
	errClosed = conflict("answer_closed",
		"Lượt thi đã kết thúc nên câu trả lời này không được nhận. Các câu đã lưu trước đó vẫn được tính.",
		"The attempt is over, so this answer was not taken. What was saved before still counts.")
	errAnswerConflict = conflict("answer_conflict",
		"Câu trả lời này trùng số với một câu trả lời khác đã lưu. Màn hình đang lấy lại câu đã lưu.",
		"Another answer was saved under this number. The screen is fetching what was saved.")
	errSuperseded = fault.New(fault.Superseded, "superseded",
		"Một thiết bị khác đang làm bài thay cho thiết bị này. Câu đã lưu không mất.", "Another device answers now. Nothing that was saved is lost.")
	errOtherDevice = conflict("other_device",
		"Lượt thi này đang mở trên thiết bị khác. Hãy bấm “Chuyển máy” trên thiết bị đó, hoặc tắt trang thi ở đó rồi thử lại sau vài giây, hoặc nhờ Ban Tổ chức. Câu đã lưu không mất.",
		"This attempt is open on another device. Choose “Hand over” there, or close its page and try again after a few seconds, or ask the organizers. Nothing that was saved is lost.")
	errNoPlace = fault.New(fault.Invalid, "exam_no_place",
		"Đề không có câu này nên câu trả lời chưa được lưu. Hãy tải lại trang.", "The paper has no such item, so the answer was not saved. Reload the page.")
	errGuess = fault.New(fault.Invalid, "exam_guess",
		"Câu dự đoán cần một số không âm; số người là số nguyên, tỉ lệ từ 0 đến 100 với nhiều nhất hai chữ số thập phân (ví dụ 45,5). Chưa lưu câu này.",
		"The guess is a number not below zero: whole for people, 0 to 100 with at most two decimals for per cent. It was not saved.")
	errTooManyAnswers = fault.New(fault.TooMany, "too_many_answers",
		"Lượt thi này đã gửi quá nhiều lần. Các câu đã lưu vẫn được tính.", "This attempt has sent too much. What was saved counts.")
	errNotStored = fault.New(fault.Internal, "answer_not_stored",
		"Câu trả lời này không lưu được. Các câu đã lưu không mất. Hãy chọn lại; nếu vẫn lỗi, báo Ban Tổ chức.",
		"This answer could not be saved. Nothing that was saved is lost. Choose again; if it goes on, tell the organizers.")
	errLaneFull = fault.New(fault.Unavailable, "answers_waiting",
		"Máy chủ đang chờ cơ sở dữ liệu nên chưa lưu được. Máy của bạn sẽ tự gửi lại.",
		"The server waits for its database, so this is not saved yet. Your device will send it again by itself.")
	errNotKnown = fault.New(fault.Unavailable, "answer_not_known",
		"Chưa biết thao tác vừa rồi đã được lưu chưa. Máy của bạn sẽ tự hỏi lại.",
		"It is not known yet whether this was saved. Your device will ask again by itself.")
)

// Faults that organizers meet. Nothing has changed when one of them is given.
var (
	errNotExam       = fault.New(fault.NotFound, "not_an_exam_round", "Vòng thi này không phải vòng thi trực tuyến.", "This round is not an online exam.")
	errContestOver   = conflict("contest_over", "Hội thi đã chốt kết quả nên không đổi được vòng thi nữa.", "The contest's results are final, so the round can't change any more.")
	errNotPlanned    = conflict("exam_not_planned", "Vòng thi đã sẵn sàng hoặc đã mở.", "The round is ready already, or has opened.")
	errNoPool        = conflict("exam_no_pool", "Chưa kỳ nào chuẩn bị xong đề. Hãy chuẩn bị đề của ít nhất một kỳ trước.", "No period has its papers prepared. Prepare one first.")
	errNoSource      = conflict("exam_no_source", "Kỳ này chưa chọn ma trận đề. Hãy chọn ma trận rồi chuẩn bị đề.", "This period has no blueprint yet. Choose one, then prepare.")
	errInfeasible    = conflict("exam_infeasible", "Ngân hàng chưa đủ câu cho ma trận nên chưa chuẩn bị được đề. Hãy xem những ô còn thiếu ở trang Ma trận đề.", "The bank does not have enough questions for the blueprint, so nothing was prepared. See which cells lack items on the blueprint's page.")
	errHasAttempts   = conflict("exam_has_attempts", "Đã có người làm bài bằng đề của kỳ này nên đề giữ nguyên.", "Somebody has a paper of this period already, so its pool stays as it is.")
	errRoundOver     = conflict("round_over", "Vòng thi đã kết thúc.", "The round is over.")
	errRoundPaused   = conflict("round_paused_already", "Vòng thi đang tạm dừng.", "The round stands still already.")
	errNotPaused     = conflict("round_not_paused", "Vòng thi không tạm dừng.", "The round is not paused.")
	errNotRunning    = conflict("round_not_running", "Vòng thi chưa mở nên chưa có gì để tạm dừng hoặc cộng giờ.", "The round has not opened, so there is nothing to pause or extend.")
	errNothingOpen   = conflict("exam_nothing_open", "Không kỳ nào đang mở nên không cộng giờ được.", "No period is open, so there is nothing to extend.")
	errExtend        = fault.New(fault.Invalid, "exam_extend", "Cộng giờ từ 1 giây đến 24 giờ.", "An extension is 1 second to 24 hours.")
	errReason        = fault.New(fault.Invalid, "reason_invalid", "Hãy ghi lý do, nhiều nhất 500 ký tự.", "Give a reason of at most 500 characters.")
	errNobodyAnswers = fault.New(fault.NotFound, "no_device", "Thí sinh này không có lượt thi nào đang mở.", "This entry has no attempt that is open.")
)
