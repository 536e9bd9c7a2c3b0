package importing

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// style is what a named style of the document does to its text.
type style struct {
	marks  marks
	numID  string
	level  string
	parent string
}

type styles map[string]style

// apply lets one property of a run change the marks.
func (s styles) apply(m *marks, t xml.StartElement) {
	switch t.Name.Local {
	case "b":
		m.bold = on(t)
	case "u":
		m.underline = on(t)
	case "highlight":
		m.highlight = on(t)
	case "shd":
		m.highlight = shaded(t)
	case "color":
		m.colour = colour(attr(t, "val"))
	case "rStyle":
		other := s[attr(t, "val")].marks
		m.bold = m.bold || other.bold
		m.underline = m.underline || other.underline
		m.highlight = m.highlight || other.highlight
		if other.colour != "" {
			m.colour = other.colour
		}
	}
}

func shaded(t xml.StartElement) bool {
	fill := strings.ToUpper(attr(t, "fill"))
	return fill != "" && fill != "AUTO" && fill != "FFFFFF"
}

// colour is a colour that an eye can tell from the black of the text, or "".
func colour(value string) string {
	value = strings.ToUpper(value)
	if len(value) != 6 {
		return ""
	}
	n, err := strconv.ParseUint(value, 16, 32)
	if err != nil || max(n>>16, n>>8&0xff, n&0xff) < 0x48 {
		return ""
	}
	return value
}

func readStyles(parts archive) (styles, error) {
	data, err := parts.read("word/styles.xml", maxPart)
	if err != nil || data == nil {
		return styles{}, err
	}
	found := styles{}
	var id string
	var current style
	inRun := false
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errBroken.Because(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "style":
				id, current = attr(t, "styleId"), style{}
			case "basedOn":
				current.parent = attr(t, "val")
			case "numId":
				current.numID = attr(t, "val")
			case "ilvl":
				current.level = attr(t, "val")
			case "rPr":
				inRun = true
			case "tblStylePr":
				if err := d.Skip(); err != nil {
					return nil, errBroken.Because(err)
				}
			default:
				if inRun {
					found.apply(&current.marks, t)
				}
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "rPr":
				inRun = false
			case "style":
				if len(found) < 5000 {
					found[id] = current
				}
			}
		}
	}
	// A style takes from its parents what it does not say itself; a ring of parents ends after a few steps.
	resolved := make(styles, len(found))
	for id, s := range found {
		parent := s.parent
		for range 10 {
			p, ok := found[parent]
			if !ok {
				break
			}
			s.marks.bold = s.marks.bold || p.marks.bold
			s.marks.underline = s.marks.underline || p.marks.underline
			s.marks.highlight = s.marks.highlight || p.marks.highlight
			if s.marks.colour == "" {
				s.marks.colour = p.marks.colour
			}
			if s.numID == "" {
				s.numID, s.level = p.numID, p.level
			}
			parent = p.parent
		}
		resolved[id] = s
	}
	return resolved, nil
}

// lists makes the labels that Word shows before automatically numbered paragraphs, and that are not in their text.
type lists struct {
	kinds    map[string]*listKind  // by abstract number
	numbers  map[string]listNumber // by numId
	started  map[string]bool       // numId + level whose override was used
	counters map[string]*[9]int
}

type listKind struct{ levels [9]listLevel }

type listLevel struct {
	format, text string
	start        int
}

type listNumber struct {
	kind   string
	starts map[int]int
}

func readNumbering(parts archive) (*lists, error) {
	l := &lists{kinds: map[string]*listKind{}, numbers: map[string]listNumber{}, started: map[string]bool{}, counters: map[string]*[9]int{}}
	data, err := parts.read("word/numbering.xml", maxPart)
	if err != nil || data == nil {
		return l, err
	}
	type value struct {
		Val string `xml:"val,attr"`
	}
	type level struct {
		Level string `xml:"ilvl,attr"`
		Start value  `xml:"start"`
		Fmt   value  `xml:"numFmt"`
		Text  value  `xml:"lvlText"`
	}
	var file struct {
		Kinds []struct {
			ID     string  `xml:"abstractNumId,attr"`
			Levels []level `xml:"lvl"`
		} `xml:"abstractNum"`
		Numbers []struct {
			ID        string `xml:"numId,attr"`
			Kind      value  `xml:"abstractNumId"`
			Overrides []struct {
				Level string `xml:"ilvl,attr"`
				Start *value `xml:"startOverride"`
			} `xml:"lvlOverride"`
		} `xml:"num"`
	}
	if err := xml.Unmarshal(data, &file); err != nil {
		return nil, errBroken.Because(err)
	}
	for _, k := range file.Kinds {
		kind := &listKind{}
		for _, lv := range k.Levels {
			i, ok := levelIndex(lv.Level)
			if !ok {
				continue
			}
			start := 1
			if n, err := strconv.Atoi(lv.Start.Val); err == nil && n >= 0 && n < 10000 {
				start = n
			}
			kind.levels[i] = listLevel{format: lv.Fmt.Val, text: lv.Text.Val, start: start}
		}
		l.kinds[k.ID] = kind
	}
	for _, n := range file.Numbers {
		number := listNumber{kind: n.Kind.Val, starts: map[int]int{}}
		for _, o := range n.Overrides {
			if i, ok := levelIndex(o.Level); ok && o.Start != nil {
				if start, err := strconv.Atoi(o.Start.Val); err == nil && start >= 0 && start < 10000 {
					number.starts[i] = start
				}
			}
		}
		l.numbers[n.ID] = number
	}
	return l, nil
}

func levelIndex(s string) (int, bool) {
	if s == "" {
		return 0, true
	}
	i, err := strconv.Atoi(s)
	return i, err == nil && i >= 0 && i < 9
}

// label counts a numbered paragraph and gives what stands before it: "Câu 3.", "B.", or "" for none and bullets.
func (l *lists) label(numID, levelText string) string {
	number, ok := l.numbers[numID]
	i, valid := levelIndex(levelText)
	if !ok || !valid {
		return ""
	}
	kind := l.kinds[number.kind]
	if kind == nil {
		return ""
	}
	counter := l.counters[number.kind]
	if counter == nil {
		counter = &[9]int{}
		for j := range counter {
			counter[j] = kind.levels[j].start - 1
		}
		l.counters[number.kind] = counter
	}
	if start, overridden := number.starts[i]; overridden && !l.started[numID+"/"+levelText] {
		l.started[numID+"/"+levelText] = true
		counter[i] = start - 1
	}
	counter[i]++
	for j := i + 1; j < len(counter); j++ {
		counter[j] = kind.levels[j].start - 1
	}
	if kind.levels[i].format == "bullet" || kind.levels[i].format == "none" {
		return ""
	}
	text := kind.levels[i].text
	if len(text) > 60 {
		return ""
	}
	for j := range counter {
		shown := counter[j]
		if j < i && shown < kind.levels[j].start {
			shown = kind.levels[j].start
		}
		text = strings.ReplaceAll(text, "%"+strconv.Itoa(j+1), numeral(shown, kind.levels[j].format))
	}
	return strings.TrimSpace(text)
}

// numeral writes a number in one of Word's formats; the ones no exam uses come out as digits.
func numeral(n int, format string) string {
	switch format {
	case "upperLetter", "lowerLetter":
		if n < 1 || n > 26*8 {
			return strconv.Itoa(n)
		}
		letters := strings.Repeat(string(rune('A'+(n-1)%26)), (n-1)/26+1)
		if format == "lowerLetter" {
			letters = strings.ToLower(letters)
		}
		return letters
	case "upperRoman", "lowerRoman":
		roman := toRoman(n)
		if format == "lowerRoman" {
			roman = strings.ToLower(roman)
		}
		return roman
	case "decimalZero":
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
	}
	return strconv.Itoa(n)
}

func toRoman(n int) string {
	if n < 1 || n > 3999 {
		return strconv.Itoa(n)
	}
	var b strings.Builder
	for _, s := range []struct {
		value int
		text  string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for n >= s.value {
			b.WriteString(s.text)
			n -= s.value
		}
	}
	return b.String()
}
