package demo

// ExamName is that of the demo's online exam.
const ExamName = "Tìm hiểu cải cách hành chính trực tuyến 2026"

// ExamItems is how many of the demo's questions its online exam draws its papers from.
const ExamItems = 60

// ExamNames are the people of the demo's online exam, in the order of their numbers. They are invented.
var ExamNames = []string{
	"Nguyễn Thu Hà", "Trần Minh Khôi", "Lê Hoàng Yến", "Phạm Đức Anh", "Vũ Thị Mai Lan", "Đặng Quốc Bảo", "Bùi Thanh Tâm", "Hoàng Gia Huy",
	"Đỗ Ngọc Ánh", "Ngô Văn Thắng", "Dương Thùy Linh", "Lý Công Thành", "Phan Bảo Châu", "Hồ Xuân Trường", "Tô Khánh Ly", "Mai Đình Phúc",
	"Trịnh Hồng Nhung", "Cao Tuấn Kiệt", "Lương Diệu Hiền", "Đinh Nhật Minh", "Võ Phương Thảo", "Tạ Hữu Nghĩa", "Nguyễn Hải Đăng", "Trần Cẩm Vân",
	"Lê Quang Vinh", "Phạm Thị Hồng Gấm", "Vũ Anh Tuấn", "Đặng Kim Oanh", "Bùi Tiến Dũng", "Hoàng Mỹ Duyên", "Đỗ Trọng Hiếu", "Ngô Bích Ngọc",
	"Dương Văn Khánh", "Lý Thanh Hương", "Phan Nhật Quang", "Hồ Thị Thanh Trúc",
}
