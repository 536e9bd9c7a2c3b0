package exporting

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

// qti writes a package of one XML file an item, with its pictures, sounds and films beside. Version 3 has the elements
// of version 2 under other names.
func qti(format bank.Format, items []bank.Written) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	put := func(name string, data []byte) error {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(data)
		}
		return err
	}
	var resources strings.Builder
	assets := map[string]bool{}
	for n, item := range items {
		q := &qtiWriter{three: format == bank.QTI30, item: item}
		id := fmt.Sprintf("q%05d", n+1)
		if err := put("items/"+id+".xml", []byte(q.write(id, fmt.Sprintf("Câu %d", n+1)))); err != nil {
			return nil, err
		}
		fmt.Fprintf(&resources, `<resource identifier="r-%s" type="%s" href="items/%s.xml"><metadata><hoithi xmlns="urn:hoithi:item" topic="%s">%s</hoithi></metadata><file href="items/%s.xml"/>`,
			id, map[bool]string{false: "imsqti_item_xmlv2p1", true: "imsqti_item_xmlv3p0"}[q.three], id, text(item.Content.Topic), text(bank.ExtraOf(item.Content).Encode()), id)
		for _, use := range item.Content.Files() {
			f, ok := item.Files[use.FileID]
			if !ok {
				continue
			}
			name := "assets/" + fileName(use.FileID, f)
			fmt.Fprintf(&resources, `<file href="%s"/>`, name)
			if assets[name] {
				continue
			}
			assets[name] = true
			if err := put(name, f.Data); err != nil {
				return nil, err
			}
		}
		resources.WriteString("</resource>\n")
	}
	space, version := "http://www.imsglobal.org/xsd/imscp_v1p1", "QTIv2.1 Package"
	if format == bank.QTI30 {
		space, version = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1", "QTI Package"
	}
	manifest := xmlHead + fmt.Sprintf(`<manifest xmlns="%s" identifier="hoithi"><metadata><schema>%s</schema><schemaversion>%s</schemaversion></metadata><organizations/><resources>`+"\n",
		space, version, map[bool]string{false: "1.0.0", true: "3.0.0"}[format == bank.QTI30]) + resources.String() + "</resources></manifest>\n"
	if err := put("imsmanifest.xml", []byte(manifest)); err != nil {
		return nil, err
	}
	err := z.Close()
	return out.Bytes(), err
}

// qtiWriter writes one item.
type qtiWriter struct {
	three bool
	item  bank.Written
}

// name is what an element or attribute is called in this version.
func (q *qtiWriter) name(s string, element bool) string {
	if !q.three {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	if element {
		return "qti-" + b.String()
	}
	return b.String()
}

// tag is a start tag with its attributes, given as names and values.
func (q *qtiWriter) tag(element string, attributes ...string) string {
	var b strings.Builder
	b.WriteString("<" + q.name(element, true))
	for i := 0; i+1 < len(attributes); i += 2 {
		fmt.Fprintf(&b, ` %s="%s"`, q.name(attributes[i], false), text(attributes[i+1]))
	}
	b.WriteString(">")
	return b.String()
}

// whole is an element with what stands inside.
func (q *qtiWriter) whole(element, inside string, attributes ...string) string {
	return q.tag(element, attributes...) + inside + "</" + q.name(element, true) + ">"
}

func (q *qtiWriter) write(id, title string) string {
	space := "http://www.imsglobal.org/xsd/imsqti_v2p1"
	if q.three {
		space = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
	}
	c := q.item.Content
	body := q.body(c)
	feedback := ""
	outcomes := q.whole("outcomeDeclaration", q.whole("defaultValue", q.whole("value", "0")), "identifier", "SCORE", "cardinality", "single", "baseType", "float")
	if c.Explanation != "" {
		outcomes += q.whole("outcomeDeclaration", q.whole("defaultValue", q.whole("value", "explanation")), "identifier", "FEEDBACK", "cardinality", "single", "baseType", "identifier")
		inside := "<p>" + markup(c.Explanation) + "</p>"
		if q.three {
			inside = q.whole("contentBody", inside)
		}
		feedback = q.whole("modalFeedback", inside, "outcomeIdentifier", "FEEDBACK", "identifier", "explanation", "showHide", "show")
	}
	open := strings.Replace(q.tag("assessmentItem", "identifier", id, "title", title, "adaptive", "false", "timeDependent", "false"), ">",
		` xmlns="`+space+`" xml:lang="vi">`, 1)
	return xmlHead + open + "\n" + q.declarations(c) + outcomes + "\n" + q.whole("itemBody", body) + "\n" + q.processing(c) + feedback + "</" + q.name("assessmentItem", true) + ">\n"
}

// declared says what is right in one response.
func (q *qtiWriter) declared(id, cardinality, base, mapping string, values ...string) string {
	inside := ""
	for _, v := range values {
		inside += q.whole("value", text(v))
	}
	return q.whole("responseDeclaration", q.whole("correctResponse", inside)+mapping, "identifier", id, "cardinality", cardinality, "baseType", base)
}

// texts accepts each text; programs take only one as the right one, the others are mapped.
func (q *qtiWriter) texts(id string, texts []string) string {
	entries := ""
	for _, t := range texts {
		entries += q.whole("mapEntry", "", "mapKey", t, "mappedValue", "1", "caseSensitive", "false")
	}
	return q.declared(id, "single", "string", q.whole("mapping", entries, "defaultValue", "0"), texts[0])
}

func (q *qtiWriter) declarations(c bank.Content) string {
	const id = "RESPONSE"
	switch c.Type {
	case bank.Single, bank.TrueFalse:
		return q.declared(id, "single", "identifier", "", c.Key.Options...)
	case bank.Multiple:
		return q.declared(id, "multiple", "identifier", "", c.Key.Options...)
	case bank.Ordering:
		return q.declared(id, "ordered", "identifier", "", c.Key.Order...)
	case bank.ShortText:
		return q.texts(id, c.Key.Texts)
	case bank.Numeric:
		return q.declared(id, "single", "float", "", c.Key.Number)
	case bank.TrueFalseGroup:
		var pairs []string
		for _, o := range c.Options {
			pairs = append(pairs, o.ID+" "+strconv.FormatBool(contains(c.Key.Options, o.ID)))
		}
		return q.declared(id, "multiple", "directedPair", "", pairs...)
	case bank.Matching:
		var pairs []string
		for _, p := range c.Key.Pairs {
			pairs = append(pairs, p.Option+" t"+p.Target)
		}
		return q.declared(id, "multiple", "directedPair", "", pairs...)
	}
	all := ""
	for i, b := range c.Blanks {
		key := c.Key.Blanks[i]
		switch b.Type {
		case bank.Single:
			all += q.declared("R"+b.ID, "single", "identifier", "", key.Option)
		case bank.Numeric:
			all += q.declared("R"+b.ID, "single", "float", "", key.Number)
		default:
			all += q.texts("R"+b.ID, key.Texts)
		}
	}
	return all
}

func (q *qtiWriter) asset(image *bank.Image) string {
	if image == nil {
		return ""
	}
	f, ok := q.item.Files[image.FileID]
	if !ok {
		return ""
	}
	return img("../assets/"+fileName(image.FileID, f), image)
}

func (q *qtiWriter) body(c bank.Content) string {
	stem := markup(c.Stem)
	if c.Type == bank.FillIn {
		stem = reBlank.ReplaceAllStringFunc(stem, func(mark string) string { return q.blank(c, mark[2:len(mark)-2], mark) })
	}
	var b strings.Builder
	b.WriteString("<p>" + stem + "</p>")
	if picture := q.asset(c.Image); picture != "" {
		b.WriteString("<p>" + picture + "</p>")
	}
	if c.Media != nil {
		if f, ok := q.item.Files[c.Media.FileID]; ok {
			b.WriteString("<div>" + player("../assets/"+fileName(c.Media.FileID, f), c.Media, !q.three) + "</div>")
		}
	}
	const id = "RESPONSE"
	field := q.whole("textEntryInteraction", "", "responseIdentifier", id, "expectedLength", "40")
	switch c.Type {
	case bank.Single, bank.TrueFalse:
		b.WriteString(q.whole("choiceInteraction", q.choices("simpleChoice", c.Options, "", ""), "responseIdentifier", id, "shuffle", strconv.FormatBool(c.Type == bank.Single), "maxChoices", "1"))
	case bank.Multiple:
		b.WriteString(q.whole("choiceInteraction", q.choices("simpleChoice", c.Options, "", ""), "responseIdentifier", id, "shuffle", "true", "maxChoices", "0"))
	case bank.Ordering:
		b.WriteString(q.whole("orderInteraction", q.choices("simpleChoice", c.Options, "", ""), "responseIdentifier", id, "shuffle", "true"))
	case bank.ShortText, bank.Numeric:
		b.WriteString("<p>" + field + "</p>")
	case bank.TrueFalseGroup, bank.Matching:
		right := c.Targets
		prefix := "t"
		if c.Type == bank.TrueFalseGroup {
			right, prefix = []bank.Option{{ID: bank.OptionTrue, Text: truthWord(true)}, {ID: bank.OptionFalse, Text: truthWord(false)}}, ""
		}
		sets := q.whole("simpleMatchSet", q.choices("simpleAssociableChoice", c.Options, "", "1")) +
			q.whole("simpleMatchSet", q.choices("simpleAssociableChoice", right, prefix, strconv.Itoa(len(c.Options))))
		b.WriteString(q.whole("matchInteraction", sets, "responseIdentifier", id, "shuffle", strconv.FormatBool(c.Type == bank.Matching), "maxAssociations", strconv.Itoa(len(c.Options))))
	}
	return b.String()
}

func (q *qtiWriter) choices(element string, options []bank.Option, prefix, matchMax string) string {
	var b strings.Builder
	for _, o := range options {
		attributes := []string{"identifier", prefix + o.ID}
		if matchMax != "" {
			attributes = append(attributes, "matchMax", matchMax)
		} else {
			attributes = append(attributes, "fixed", strconv.FormatBool(o.Pinned))
		}
		inside := markup(o.Text)
		if picture := q.asset(o.Image); picture != "" {
			inside += "<br/>" + picture
		}
		b.WriteString(q.whole(element, inside, attributes...))
	}
	return b.String()
}

func (q *qtiWriter) blank(c bank.Content, id, mark string) string {
	for _, b := range c.Blanks {
		if b.ID != id {
			continue
		}
		if b.Type != bank.Single {
			return q.whole("textEntryInteraction", "", "responseIdentifier", "R"+id, "expectedLength", "20")
		}
		inside := ""
		for _, o := range b.Options {
			inside += q.whole("inlineChoice", markup(o.Text), "identifier", o.ID)
		}
		return q.whole("inlineChoiceInteraction", inside, "responseIdentifier", "R"+id, "shuffle", "false")
	}
	return mark
}

// processing says how an answer becomes a score, for programs that ask the file.
func (q *qtiWriter) processing(c bank.Content) string {
	template := func(name string) string {
		if q.three {
			return q.whole("responseProcessing", "", "template", "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/"+name+".xml")
		}
		return q.whole("responseProcessing", "", "template", "http://www.imsglobal.org/question/qti_v2p1/rptemplates/"+name)
	}
	switch c.Type {
	case bank.ShortText:
		return template("map_response")
	case bank.Numeric:
		return q.whole("responseProcessing", q.scored("RESPONSE", bank.Numeric, c.Key.Tolerance))
	case bank.FillIn:
		rules := ""
		for i, b := range c.Blanks {
			rules += q.scored("R"+b.ID, b.Type, c.Key.Blanks[i].Tolerance)
		}
		return q.whole("responseProcessing", rules)
	}
	return template("match_correct")
}

// scored adds a point when a response is right.
func (q *qtiWriter) scored(id string, kind bank.ItemType, tolerance string) string {
	variable := q.whole("variable", "", "identifier", id)
	test := q.whole("match", variable+q.whole("correct", "", "identifier", id))
	switch kind {
	case bank.Numeric:
		test = q.whole("equal", variable+q.whole("correct", "", "identifier", id), "toleranceMode", "absolute", "tolerance", tolerance+" "+tolerance)
	case bank.ShortText:
		test = q.whole("gt", q.whole("mapResponse", "", "identifier", id)+q.whole("baseValue", "0", "baseType", "float"))
	}
	sum := q.whole("sum", q.whole("variable", "", "identifier", "SCORE")+q.whole("baseValue", "1", "baseType", "float"))
	return q.whole("responseCondition", q.whole("responseIf", test+q.whole("setOutcomeValue", sum, "identifier", "SCORE")))
}
