package importing

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/gif" // the formats of pictures that are taken
	_ "image/jpeg"
	_ "image/png"
	"net/url"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

// built is an item of a format that says itself what everything is (GIFT, Aiken, Moodle, QTI) while it is put together.
type built struct {
	item  bank.ReadItem
	c     bank.Content
	extra bank.Extra
	// stored finds a file that the format carries, by the name the text uses.
	stored func(source string) []byte
}

func newBuilt(unit, sheet string, from, to int) *built {
	return &built{item: bank.ReadItem{Place: bank.Place{Unit: unit, Sheet: sheet, From: from, To: to}, Problems: []bank.Problem{}},
		c: bank.Content{Difficulty: bank.Understanding, PartialCredit: bank.AllOrNothing}}
}

func (b *built) doubt(code, path, vi, en string) {
	for _, p := range b.item.Problems {
		if p.Code == code && p.Path == path {
			return
		}
	}
	b.item.Problems = append(b.item.Problems, problem(bank.Warning, code, path, vi, en))
}

func (b *built) wrong(code, path, vi, en string) {
	b.item.Problems = append(b.item.Problems, problem(bank.Error, code, path, vi, en))
}

// unknown says that the format has a kind of question that there is none for here.
func (b *built) unknown(kind string) {
	b.c.Type = bank.Single
	b.wrong("type_unsupported", "type",
		fmt.Sprintf("Loại câu hỏi \"%s\" của tệp không có loại tương ứng: hãy sửa thành một loại khác hoặc bỏ qua.", short(kind)),
		fmt.Sprintf("The file's question type %q has no counterpart here: change it into another type, or leave it out.", short(kind)))
}

// say tells what was lost on the way from a rich text.
func (b *built) say(r rich, path string) {
	if r.table {
		b.doubt("table", path, "Câu có bảng: mỗi hàng đã chuyển thành một dòng chữ, hãy so với bản gốc.",
			"A table was turned into lines of text; compare it with the original.")
	}
	if r.lost {
		b.doubt("lost", path, "Có phần không chuyển được (khung nhúng, công thức lạ…): hãy so với bản gốc.",
			"Something could not be taken over (a frame, an unknown formula...): compare it with the original.")
	}
	if r.beyond {
		b.doubt("picture_outside", path, "Hình nằm ở trang web khác, không có trong tệp nên không được nhập. Hãy thêm hình sau khi nhập.",
			"A picture lies on a web page outside of the file and was not taken. Add it after the import.")
	}
}

// stem takes a rich text as the stem, with its picture and its sound or film.
func (b *built) stem(r rich) {
	b.c.Stem = r.text
	b.say(r, "stem")
	b.attach(r.media, &b.c.Image, true)
}

// option makes an option of a rich text.
func (b *built) option(id string, r rich, path string) bank.Option {
	o := bank.Option{ID: id, Text: r.text}
	b.say(r, path)
	b.attach(r.media, &o.Image, false)
	return o
}

// attach takes the first picture into its place, and of the stem the first sound or film.
func (b *built) attach(media []mediaRef, picture **bank.Image, withMedia bool) {
	for _, m := range media {
		data := b.data(m.source)
		if data == nil {
			b.doubt("picture_missing", "image", fmt.Sprintf("Không thấy hình \"%s\" trong tệp.", short(m.source)),
				fmt.Sprintf("The picture %q is not in the file.", short(m.source)))
			continue
		}
		if kind := playsAs(data); kind != "" {
			if !withMedia || b.c.Media != nil {
				b.tooMany()
				continue
			}
			f := b.keep(data)
			b.c.Media = &bank.Media{Kind: kind, FileID: f.id, Hash: f.hash, Size: int64(len(data)), ContentType: f.kind, Alt: m.alt}
			continue
		}
		if *picture != nil {
			b.tooMany()
			continue
		}
		*picture = b.picture(data, m.alt)
	}
}

func (b *built) tooMany() {
	b.doubt("more_pictures", "image", "Câu có nhiều hình hoặc tệp nghe nhìn ở một chỗ: chỉ tệp đầu được nhập.",
		"Several pictures or recordings stand in one place: only the first is taken.")
}

// picture keeps a picture, or says why it can't be taken.
func (b *built) picture(data []byte, alt string) *bank.Image {
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || len(data) > maxPicture {
		b.doubt("picture_unreadable", "image",
			"Câu có hình không nhập được (chỉ nhận PNG, JPEG, GIF đến 2 MB). Hãy thêm hình sau khi nhập.",
			"The picture can't be taken (PNG, JPEG, GIF up to 2 MB). Add it after the import.")
		return nil
	}
	f := b.keep(data)
	return &bank.Image{FileID: f.id, Hash: f.hash, Alt: limited(bank.CleanLine(alt), bank.MaxAlt-1), Width: config.Width, Height: config.Height}
}

type kept struct{ id, hash, kind string }

// keep puts a file among the item's; its place until it is stored is named after its hash.
func (b *built) keep(data []byte) kept {
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	if b.item.Files == nil {
		b.item.Files = map[string]bank.Found{}
	}
	b.item.Files[hash[:32]] = bank.Found{Data: data}
	return kept{id: hash[:32], hash: hash, kind: mediaType(data)}
}

// data finds what a text names: a data: URI, or a file of the package.
func (b *built) data(source string) []byte {
	if rest, inline := strings.CutPrefix(source, "data:"); inline {
		head, body, found := strings.Cut(rest, ",")
		if !found || !strings.HasSuffix(head, ";base64") {
			return nil
		}
		return fromBase64(body)
	}
	if b.stored == nil {
		return nil
	}
	if name, err := url.PathUnescape(source); err == nil {
		if data := b.stored(name); data != nil {
			return data
		}
	}
	return b.stored(source)
}

// fromBase64 is forgiving about line ends and padding, as files of many programs need it.
func fromBase64(s string) []byte {
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\n' || r == '\r' || r == '\t' || r == '=' {
			return -1
		}
		return r
	}, s)
	data, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil || len(data) == 0 {
		return nil
	}
	return data
}

// playsAs tells sound and film by their first bytes.
func playsAs(data []byte) bank.MediaKind {
	switch kind := mediaType(data); {
	case strings.HasPrefix(kind, "audio/"):
		return bank.Audio
	case strings.HasPrefix(kind, "video/"):
		return bank.Video
	}
	return ""
}

func mediaType(data []byte) string {
	has := func(at int, s string) bool { return len(data) >= at+len(s) && string(data[at:at+len(s)]) == s }
	switch {
	case has(0, "ID3"), len(data) > 2 && data[0] == 0xff && data[1]&0xe6 == 0xe2:
		return "audio/mpeg"
	case has(0, "OggS"):
		return "audio/ogg"
	case has(0, "RIFF") && has(8, "WAVE"):
		return "audio/wav"
	case has(4, "ftypM4A"):
		return "audio/mp4"
	case has(4, "ftyp"):
		return "video/mp4"
	case has(0, "\x1a\x45\xdf\xa3"):
		return "video/webm"
	}
	return ""
}

// finished is the item with everything that was said about it.
func (b *built) finished() bank.ReadItem {
	b.extra.Apply(&b.c)
	if b.extra.Type == "" && b.c.Type.HasOptions() {
		b.item.Problems = append(b.item.Problems, pin(&b.c)...)
	}
	b.item.Original = limited(b.item.Original, 6000)
	finish(&b.item, b.c)
	return b.item
}

// right settles a choice: the places of the right options decide between one and several.
func (b *built) right(places []int, several bool) {
	b.c.Type = bank.Single
	if several || len(places) > 1 {
		b.c.Type = bank.Multiple
	}
	b.c.Key.Options = []string{}
	if first, second, ok := truthOptions(b.c.Options); ok && b.c.Type == bank.Single && (b.extra.Type == "" || b.extra.Type == bank.TrueFalse) {
		b.c.Type, b.c.Options = bank.TrueFalse, nil
		for _, p := range places {
			b.c.Key.Options = append(b.c.Key.Options, []string{first, second}[p])
		}
		return
	}
	for _, p := range places {
		b.c.Key.Options = append(b.c.Key.Options, bank.OptionID(p))
	}
}

// pairs settles a matching: left sides and right sides as texts, and right sides that belong to nothing. When every
// right side is a word for true or false it is a group of statements.
func (b *built) pairs(left []bank.Option, right []string, more []string) {
	b.c.Options = left
	allTruth := b.extra.Type == bank.TrueFalseGroup || b.extra.Type == ""
	for _, r := range right {
		_, ok := truth(r)
		allTruth = allTruth && ok && len([]rune(r)) > 1
	}
	for _, r := range more {
		_, ok := truth(r)
		allTruth = allTruth && ok
	}
	if allTruth && len(right) > 0 {
		b.c.Type, b.c.PartialCredit = bank.TrueFalseGroup, bank.ByTable
		b.c.Key.Options = []string{}
		for i, r := range right {
			if id, _ := truth(r); id == bank.OptionTrue {
				b.c.Key.Options = append(b.c.Key.Options, left[i].ID)
			}
		}
		return
	}
	b.c.Type, b.c.PartialCredit = bank.Matching, bank.PerPart
	targets := map[string]string{}
	target := func(text string) string {
		text = bank.CleanText(text)
		if id, known := targets[text]; known {
			return id
		}
		id := bank.TargetID(len(b.c.Targets))
		targets[text] = id
		b.c.Targets = append(b.c.Targets, bank.Option{ID: id, Text: text})
		return id
	}
	for i, r := range right {
		b.c.Key.Pairs = append(b.c.Key.Pairs, bank.Pair{Option: left[i].ID, Target: target(r)})
	}
	for _, r := range more {
		target(r)
	}
}

// ordered settles an ordering whose options were given in their right order.
func (b *built) ordered(options []bank.Option) {
	b.c.Type, b.c.Options = bank.Ordering, options
	for _, o := range options {
		b.c.Key.Order = append(b.c.Key.Order, o.ID)
	}
}

// number reads a number and a tolerance; files of other programs write a point for decimals.
func (b *built) number(value, tolerance string) {
	b.c.Type = bank.Numeric
	b.c.Key.Number, b.c.Key.Tolerance = strings.TrimSpace(value), strings.TrimSpace(tolerance)
	if b.c.Key.Tolerance == "" {
		b.c.Key.Tolerance = "0"
	}
}
