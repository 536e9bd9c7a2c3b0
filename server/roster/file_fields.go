package roster

import (
	"strings"

	"github.com/hoithi/hoithi/server/roster/sheet"
	"github.com/hoithi/hoithi/server/unit"
)

// What a column of a file can mean, besides the fields that the contest asks of every person.
const (
	columnTeam     = "team"
	columnName     = "name"
	columnSurname  = "surname" // "Họ và tên đệm", with the given name in a column of its own
	columnGiven    = "given"
	columnUnit     = KeyUnit
	columnDivision = "division"
	columnRole     = "role"
)

// ReasonTitle stands over the reasons in the file that goes back; it is known so that the corrected file can come in.
const (
	reasonTitle   = "Lý do chưa nhận"
	reasonTitleEn = "Why it was not taken"
)

// words splits a list that is written with semicolons.
func words(list string) []string { return strings.Split(list, ";") }

// Catalogue lists what the columns of a file can hold in a contest. Titles are as unit.SearchKey writes them.
func Catalogue(rules Rules, units []string) []sheet.Field {
	known := map[string]struct{}{}
	for _, name := range units {
		known[unit.SearchKey(name)] = struct{}{}
	}
	divisions := map[string]struct{}{}
	for _, d := range rules.Divisions {
		key := unit.SearchKey(d.Name)
		divisions[key], divisions["bang "+key] = struct{}{}, struct{}{}
	}
	fields := []sheet.Field{
		{Key: columnName, Kind: sheet.Person, Lead: true, Parts: words("ho ten;ho va ten;thi sinh;thanh vien;full name"),
			Titles: words("ho va ten;ho ten;ho va ten thi sinh;ho ten thi sinh;thi sinh;ten thi sinh;ho va ten thanh vien;ho ten thanh vien;thanh vien;ten thanh vien;full name;name;member;member name;ho va ten khai sinh;nguoi du thi")},
		{Key: columnSurname, Kind: sheet.Text, Titles: words("ho dem;ho va ten dem;ho va dem;ho lot;ho;surname"), Parts: words("ten dem;ho dem;ho lot")},
		{Key: columnGiven, Kind: sheet.Text, Lead: true, Titles: words("ten;given name")},
		{Key: columnUnit, Kind: sheet.Known, Values: known, Parts: words("don vi;co quan;noi cong tac;doan co so;chi doan;to chuc"),
			Titles: words("don vi;don vi cong tac;don vi du thi;ten don vi;co quan;co quan don vi;noi cong tac;doan co so;chi doan;unit;organisation;organization;xa phuong;phuong xa")},
		{Key: columnDivision, Kind: sheet.Known, Values: divisions, Titles: words("bang;bang thi;bang du thi;division;doi tuong;doi tuong du thi"), Parts: words("bang thi;bang du thi")},
		{Key: sheet.Ignored, Kind: sheet.Text, Titles: append(words("stt;tt;so tt;no;ghi chu;note;so bao danh;candidate number;sbd;tinh trang;state"),
			unit.SearchKey(reasonTitle), unit.SearchKey(reasonTitleEn))},
	}
	if rules.Kind == KindTeam {
		fields = append(fields,
			sheet.Field{Key: columnTeam, Kind: sheet.Text, Lead: true, Titles: words("ten doi;doi;doi thi;doi du thi;ten doi thi;team;team name"), Parts: words("ten doi;doi thi")},
			sheet.Field{Key: columnRole, Kind: sheet.Known, Titles: words("vai tro;vai tro trong doi;nhiem vu;role"), Parts: words("vai tro"),
				Values: map[string]struct{}{"doi truong": {}, "thanh vien": {}, "du bi": {}, "captain": {}, "member": {}, "reserve": {}, "truong doan": {}}})
		for _, f := range contactFields {
			fields = append(fields, personColumn(f))
		}
	}
	for _, f := range rules.Asked() {
		if rules.Kind == KindTeam && (f.Key == KeyPhone || f.Key == KeyEmail) {
			continue // one column serves the team's contact and its people
		}
		fields = append(fields, personColumn(f))
	}
	return fields
}

// personColumn is the column of a field that the contest asks for.
func personColumn(f Field) sheet.Field {
	column := sheet.Field{Key: f.Key, Kind: sheet.Text}
	switch f.Type {
	case TypePhone:
		column.Kind = sheet.Phone
	case TypeEmail:
		column.Kind = sheet.Email
	case TypeDate:
		column.Kind = sheet.Date
	case TypeCitizen:
		column.Kind = sheet.Citizen
	case TypeChoice:
		column.Kind, column.Values = sheet.Known, map[string]struct{}{}
		for _, c := range f.Choices {
			column.Values[unit.SearchKey(c.Vi)] = struct{}{}
		}
	case TypeText, TypeNumber, TypeYesNo:
	}
	if !f.Standard {
		column.Kind = map[bool]sheet.Kind{true: sheet.Known, false: sheet.Text}[f.Type == TypeChoice] // two dates of its own look alike
		column.Titles = []string{unit.SearchKey(f.Vi)}
		if f.En != "" {
			column.Titles = append(column.Titles, unit.SearchKey(f.En))
		}
		return column
	}
	switch f.Key {
	case KeyBirthDate:
		column.Titles, column.Parts = words("ngay sinh;ngay thang nam sinh;nam sinh;sinh ngay;date of birth;birth date;birthday"), words("ngay sinh;nam sinh;sinh ngay;date of birth")
	case KeySex:
		column.Titles, column.Parts = words("gioi tinh;phai;sex;gender;nam nu"), words("gioi tinh")
	case KeyPhone:
		column.Titles, column.Parts = words("so dien thoai;dien thoai;sdt;so dt;dt;di dong;dien thoai di dong;phone;phone number;mobile;zalo"), words("dien thoai;sdt;so dt;zalo;di dong;phone;mobile")
	case KeyEmail:
		column.Titles, column.Parts = words("email;e mail;dia chi email;thu dien tu;hop thu;mail"), words("email;e mail;mail;thu dien tu")
	case KeyCitizen:
		column.Titles, column.Parts = words("cccd;so cccd;can cuoc;so can cuoc;can cuoc cong dan;so dinh danh;so dinh danh ca nhan;ma dinh danh;cmnd;citizen number"), words("cccd;can cuoc;dinh danh;cmnd")
	case KeyPosition:
		column.Titles, column.Parts = words("chuc vu;chuc danh;cong viec;nghe nghiep;position;chuc vu cong viec"), words("chuc vu;chuc danh;nghe nghiep")
	}
	return column
}

// ColumnLabel names what a column can hold, for the person who corrects it.
func ColumnLabel(key string, rules Rules, locale string) string {
	switch key {
	case columnTeam:
		return pick(locale, "Tên đội", "Team name")
	case columnName:
		return pick(locale, "Họ và tên", "Full name")
	case columnSurname:
		return pick(locale, "Họ và tên đệm", "Surname and middle name")
	case columnGiven:
		return pick(locale, "Tên", "Given name")
	case columnUnit:
		return pick(locale, "Đơn vị", "Unit")
	case columnDivision:
		return pick(locale, "Bảng thi", "Division")
	case columnRole:
		return pick(locale, "Vai trò trong đội", "Role in the team")
	}
	for _, f := range append(StandardFields(rules.Kind), rules.Fields...) {
		if f.Key == key {
			return f.Label(locale)
		}
	}
	return key
}
