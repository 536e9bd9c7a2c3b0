package judging

import "github.com/hoithi/hoithi/server/scoring"

// RubricTemplate is a rubric as such parts usually have it. Every line can be changed afterwards.
type RubricTemplate struct {
	ID       string          `json:"id"`
	Vi       string          `json:"vi"`
	En       string          `json:"en"`
	Seconds  int64           `json:"seconds" doc:"The usual limit on stage; 0: none"`
	Criteria []CriterionBody `json:"criteria"`
}

// line makes a criterion of so many points with the usual four levels.
func line(name, description string, points int64, excellent, good, fair, weak string) CriterionBody {
	most := points * 100
	return CriterionBody{Name: name, Description: description, Max: most, Step: 50, Weight: scoring.FullWeight, Levels: levels(most, excellent, good, fair, weak)}
}

// levels parts a criterion at 90, 75 and 50 % of its maximum, on the half point.
func levels(most int64, excellent, good, fair, weak string) []Level {
	at := func(percent int64) int64 { return (most*percent/100 + 25) / 50 * 50 }
	best := at(90)
	upper := min(at(75), best-50)
	middle := min(at(50), upper-50)
	return []Level{
		{From: best, To: most, Name: "Xuất sắc", Text: excellent},
		{From: upper, To: best - 50, Name: "Tốt", Text: good},
		{From: middle, To: upper - 50, Name: "Đạt", Text: fair},
		{From: 0, To: middle - 50, Name: "Chưa đạt", Text: weak},
	}
}

// RubricTemplates are the rubrics of the usual parts of a final. The points follow published rules of such evenings.
func RubricTemplates() []RubricTemplate {
	return []RubricTemplate{
		{ID: "greeting", Vi: "Chào hỏi (20 điểm)", En: "Greeting (20 points)", Seconds: 5 * 60, Criteria: []CriterionBody{
			line("Nội dung", "50 %: giới thiệu đội, đơn vị; gắn với cải cách hành chính", 10,
				"Giới thiệu rõ nét riêng của đơn vị, gắn với việc làm cụ thể, có số liệu", "Đủ ý, gắn chủ đề, có ví dụ", "Đủ phần giới thiệu, gắn chủ đề còn chung chung", "Lạc chủ đề hoặc thiếu phần giới thiệu"),
			line("Hình thức, sáng tạo", "30 %: cách thể hiện mới, có điểm nhấn", 6,
				"Ý tưởng mới, xuyên suốt, được hội trường hưởng ứng", "Có điểm nhấn, thể hiện mạch lạc", "Thể hiện đúng thể loại, ít điểm nhấn", "Đơn điệu, rời rạc"),
			line("Phong cách", "20 %: tự tin, trang phục phù hợp, phối hợp tốt", 4,
				"Tự tin, phối hợp ăn ý, trang phục chuẩn mực", "Tự tin, phối hợp tốt", "Còn lúng túng ở vài chỗ", "Thiếu tự tin, phối hợp kém")}},
		{ID: "greeting_10", Vi: "Chào hỏi (10 điểm)", En: "Greeting (10 points)", Seconds: 3 * 60, Criteria: []CriterionBody{
			line("Nội dung", "50 %: giới thiệu đội, đơn vị; gắn chủ đề", 5, "Có nét riêng, gắn việc làm cụ thể", "Đủ ý, gắn chủ đề", "Đủ phần giới thiệu, còn chung chung", "Lạc chủ đề"),
			line("Hình thức, sáng tạo", "30 %", 3, "Ý tưởng mới, xuyên suốt", "Có điểm nhấn", "Ít điểm nhấn", "Đơn điệu"),
			line("Phong cách", "20 %", 2, "Tự tin, ăn ý", "Tự tin", "Còn lúng túng", "Thiếu tự tin")}},
		{ID: "situation", Vi: "Xử lý tình huống (20 điểm)", En: "Situation (20 points)", Seconds: 5 * 60, Criteria: []CriterionBody{
			line("Đúng pháp luật", "Nêu đúng căn cứ, đúng thẩm quyền, đúng trình tự", 10,
				"Đúng và đủ căn cứ, nêu được điều khoản, thẩm quyền, thời hạn", "Đúng căn cứ, thiếu một ý nhỏ", "Đúng hướng, căn cứ chưa đầy đủ", "Sai căn cứ hoặc sai thẩm quyền"),
			line("Cách giải quyết", "Hợp lý, khả thi, vì người dân", 6,
				"Giải quyết trọn vẹn, khéo léo, đặt người dân ở trung tâm", "Hợp lý, khả thi", "Giải quyết được phần chính", "Không giải quyết được việc"),
			line("Diễn đạt", "Rõ ràng, thuyết phục, đúng thời gian", 4, "Rất mạch lạc, thuyết phục", "Mạch lạc", "Hiểu được, còn vấp", "Khó theo dõi")}},
		{ID: "skit", Vi: "Tiểu phẩm (40 điểm)", En: "Skit (40 points)", Seconds: 8 * 60, Criteria: []CriterionBody{
			line("Nội dung, đúng pháp luật", "Bám chủ đề, tình huống thật, đúng quy định", 15,
				"Tình huống thật, thông điệp sâu, đúng quy định từng chi tiết", "Bám chủ đề, đúng quy định", "Đúng chủ đề, còn chi tiết chưa chính xác", "Lạc chủ đề hoặc sai quy định"),
			line("Kịch bản", "Cốt truyện gọn, có điểm nhấn, kết có hậu", 10, "Kịch tính, bất ngờ, gọn", "Mạch lạc, có điểm nhấn", "Theo dõi được, còn dài dòng", "Rời rạc"),
			line("Diễn xuất", "Tự nhiên, phối hợp, truyền cảm", 8, "Nhập vai, truyền cảm, ăn ý", "Tự nhiên", "Còn gượng ở vài vai", "Thuộc lòng, thiếu cảm xúc"),
			line("Trang phục, đạo cụ", "Phù hợp, gọn, đẹp", 4, "Góp phần kể chuyện", "Phù hợp, đẹp", "Phù hợp", "Không phù hợp"),
			line("Thời gian", "Dàn dựng gọn trong thời gian quy định", 3, "Trọn vẹn, đúng giờ", "Đúng giờ, hơi vội", "Sát giờ, bỏ bớt đoạn", "Không hoàn thành")}},
		{ID: "skit_30", Vi: "Tiểu phẩm (30 điểm)", En: "Skit (30 points)", Seconds: 8 * 60, Criteria: []CriterionBody{
			line("Nội dung, đúng pháp luật", "Bám chủ đề, tình huống thật, đúng quy định", 12, "Tình huống thật, thông điệp sâu, đúng quy định", "Bám chủ đề, đúng quy định", "Còn chi tiết chưa chính xác", "Lạc chủ đề hoặc sai quy định"),
			line("Kịch bản", "Cốt truyện gọn, có điểm nhấn", 8, "Kịch tính, gọn", "Mạch lạc", "Còn dài dòng", "Rời rạc"),
			line("Diễn xuất", "Tự nhiên, phối hợp, truyền cảm", 6, "Nhập vai, ăn ý", "Tự nhiên", "Còn gượng", "Thiếu cảm xúc"),
			line("Trang phục, đạo cụ", "Phù hợp, gọn, đẹp", 2, "Góp phần kể chuyện", "Phù hợp, đẹp", "Phù hợp", "Không phù hợp"),
			line("Thời gian", "Gọn trong thời gian quy định", 2, "Trọn vẹn", "Đúng giờ", "Sát giờ", "Không hoàn thành")}},
		{ID: "speech", Vi: "Hùng biện (20 điểm)", En: "Speech (20 points)", Seconds: 5 * 60, Criteria: []CriterionBody{
			line("Nội dung, lập luận", "Luận điểm rõ, dẫn chứng đúng, gắn thực tế đơn vị", 10, "Luận điểm sắc, dẫn chứng mới và đúng", "Luận điểm rõ, có dẫn chứng", "Có luận điểm, dẫn chứng còn ít", "Không rõ luận điểm"),
			line("Phong thái, giọng nói", "Tự tin, truyền cảm, làm chủ sân khấu", 6, "Cuốn hút, làm chủ hội trường", "Tự tin, truyền cảm", "Rõ lời, còn đều giọng", "Thiếu tự tin"),
			line("Sáng tạo, đúng thời gian", "Mở và kết ấn tượng", 4, "Mở và kết ấn tượng, trọn vẹn", "Có điểm nhấn", "Đúng giờ, ít điểm nhấn", "Không hoàn thành")}},
		{ID: "manner", Vi: "Nét đẹp công chức: ứng xử (10 điểm)", En: "Officials’ manner: questions (10 points)", Seconds: 3 * 60, Criteria: []CriterionBody{
			line("Nội dung trả lời", "Đúng, hợp lý, có lập luận", 6, "Đúng, sâu, có chính kiến", "Đúng, có lập luận", "Đúng hướng", "Sai hoặc né tránh"),
			line("Diễn đạt, ứng xử", "Mạch lạc, văn minh, chuẩn mực công vụ", 4, "Lưu loát, tinh tế", "Mạch lạc", "Hiểu được", "Lúng túng")}},
		{ID: "dress", Vi: "Nét đẹp công chức: trang phục công sở (10 điểm)", En: "Officials’ manner: office wear (10 points)", Seconds: 2 * 60, Criteria: []CriterionBody{
			line("Trang phục", "Lịch sự, đúng quy định công sở, phù hợp", 5, "Thanh lịch, đúng chuẩn, có gu", "Lịch sự, đúng quy định", "Đúng quy định", "Không phù hợp"),
			line("Phong thái trình diễn", "Tự tin, duyên dáng, chuẩn mực", 5, "Tự tin, cuốn hút", "Tự tin", "Còn gượng", "Thiếu tự tin")}},
		{ID: "idea", Vi: "Ý tưởng, sáng kiến (100 điểm)", En: "Idea (100 points)", Criteria: []CriterionBody{
			line("Tính mới", "Chưa ai trong ngành, địa phương làm", 30, "Mới trong phạm vi tỉnh trở lên", "Mới ở đơn vị, có cải tiến rõ", "Cải tiến nhỏ", "Đã có sẵn"),
			line("Khả năng áp dụng", "Làm được với nguồn lực hiện có, nhân rộng được", 35, "Đã thử, nhân rộng được ngay", "Áp dụng được ở đơn vị", "Cần thêm điều kiện", "Khó áp dụng"),
			line("Hiệu quả", "Tiết kiệm thời gian, chi phí; người dân hài lòng hơn", 35, "Hiệu quả đo được bằng số liệu", "Hiệu quả rõ", "Có hiệu quả, chưa đo được", "Không rõ hiệu quả")}},
	}
}
