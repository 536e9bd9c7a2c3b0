package importing

import (
	"bytes"

	"github.com/hoithi/hoithi/server/fault"
)

// What a file is refused with. Each one says what the file is, and what to do with it.
var (
	errTooLarge = fault.New(fault.TooLarge, "import_too_large",
		"Tệp quá lớn: nhiều nhất 20 MB và không quá 16 MB chữ sau khi giải nén. Hãy tách thành nhiều tệp nhỏ.",
		"The file is too large: at most 20 MB, and 16 MB of text once unpacked. Split it into smaller files.")
	errUnknown = fault.New(fault.Invalid, "import_unknown_format",
		"Không nhận ra câu hỏi trong tệp này. Nhận tệp Word (.docx), Excel (.xlsx), Moodle XML, GIFT, Aiken, gói QTI (.zip) và đề gõ dạng văn bản (.txt).",
		"No questions were recognised in this file. Word (.docx), Excel (.xlsx), Moodle XML, GIFT, Aiken, QTI packages (.zip) and papers typed as text (.txt) are read.")
	errLocked = fault.New(fault.Invalid, "import_old_or_locked",
		"Đây là tệp Word/Excel đời cũ (.doc, .xls). Hãy mở bằng Word/Excel và lưu lại dạng .docx hoặc .xlsx.",
		"This is an old Word or Excel file (.doc, .xls). Open it in Word or Excel and save it as .docx or .xlsx.")
	errPassword = fault.New(fault.Invalid, "import_password",
		"Tệp có mật khẩu nên không đọc được. Hãy mở tệp, bỏ mật khẩu rồi lưu lại.",
		"The file is protected by a password. Open it, remove the password and save it again.")
	errBroken = fault.New(fault.Invalid, "import_broken",
		"Không đọc được tệp: nội dung bị hỏng hoặc không đúng định dạng. Hãy mở bằng Word/Excel, lưu lại rồi thử lần nữa.",
		"The file can't be read: it is damaged or not in the right format. Open it in Word or Excel, save it again and retry.")
	errEntities = fault.New(fault.Invalid, "import_entities",
		"Tệp XML tự khai báo thực thể (DTD) nên bị từ chối vì lý do an toàn. Hãy xuất lại tệp từ chương trình gốc.",
		"The XML file declares entities of its own (a DTD) and is refused for safety. Export it again from its program.")
	errEncoding = fault.New(fault.Invalid, "import_encoding",
		"Tệp không ở bảng mã Unicode nên chữ có dấu sẽ sai. Hãy mở bằng Notepad, chọn Lưu thành… với mã hóa UTF-8 rồi tải lại.",
		"The file is not in Unicode, so letters would come out wrong. Open it in Notepad, save it as UTF-8 and upload it again.")
	errPDF = fault.New(fault.Invalid, "import_pdf",
		"Đây là tệp PDF: chữ trong PDF không giữ được cấu trúc câu hỏi. Hãy dùng tệp Word gốc, hoặc mở PDF bằng Word rồi lưu dạng .docx.",
		"This is a PDF, which does not keep the structure of questions. Use the Word file it was made from, or open it in Word and save it as .docx.")
	errRTF = fault.New(fault.Invalid, "import_rtf",
		"Đây là tệp RTF. Hãy mở bằng Word và lưu lại dạng .docx.", "This is an RTF file. Open it in Word and save it as .docx.")
	errPicture = fault.New(fault.Invalid, "import_picture",
		"Đây là tệp hình ảnh, không có chữ để đọc. Hãy gõ câu hỏi vào tệp Word hoặc Excel.", "This is a picture, it holds no text to read. Type the questions into a Word or Excel file.")
	errArchive = fault.New(fault.Invalid, "import_archive",
		"Đây là tệp nén RAR/7z/gz. Hãy giải nén rồi chọn tệp bên trong (gói QTI phải là .zip).", "This is a RAR, 7z or gz archive. Unpack it and choose the file inside (a QTI package must be a .zip).")
	errHTML = fault.New(fault.Invalid, "import_html",
		"Đây là trang web (HTML). Hãy mở bằng Word và lưu lại dạng .docx.", "This is a web page (HTML). Open it in Word and save it as .docx.")
	errOtherOffice = fault.New(fault.Invalid, "import_other_office",
		"Tệp này của chương trình khác (OpenDocument, .xlsb, PowerPoint). Hãy lưu lại dạng .docx hoặc .xlsx.",
		"This file is of another kind (OpenDocument, .xlsb, PowerPoint). Save it as .docx or .xlsx.")
	errOldQTI = fault.New(fault.Invalid, "import_qti12",
		"Đây là QTI 1.2. Hãy xuất lại ở dạng QTI 2.1 hoặc 3.0, hoặc Moodle XML.", "This is QTI 1.2. Export it again as QTI 2.1 or 3.0, or as Moodle XML.")
	errLoneManifest = fault.New(fault.Invalid, "import_lone_manifest",
		"Đây chỉ là một tệp mục lục của gói QTI. Hãy chọn cả gói .zip.", "This is only the table of contents of a QTI package. Choose the whole .zip.")
)

// foreign are kinds of files that are told by their first bytes and can't be read.
var foreign = []struct {
	start string
	fault *fault.Fault
}{
	{"%PDF", errPDF}, {`{\rtf`, errRTF}, {"\x89PNG", errPicture}, {"\xff\xd8\xff", errPicture}, {"GIF8", errPicture},
	{"Rar!", errArchive}, {"7z\xbc\xaf", errArchive}, {"\x1f\x8b", errArchive},
}

// oldOffice tells an encrypted new file from an old one: both come in the same container, whose directory names its
// streams in UTF-16.
func oldOffice(data []byte) error {
	for _, stream := range []string{"EncryptedPackage", "EncryptionInfo"} {
		var wide []byte
		for _, c := range []byte(stream) {
			wide = append(wide, c, 0)
		}
		if bytes.Contains(data, wide) {
			return errPassword
		}
	}
	return errLocked
}
