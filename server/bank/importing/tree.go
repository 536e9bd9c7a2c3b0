package importing

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// node is an element of an XML file with what stands in it, or a piece of text (then its name is empty).
type node struct {
	name  string // without its namespace
	attrs []xml.Attr
	kids  []*node
	text  string
	line  int // where it starts in the file
}

// maxNodes bounds the elements and texts of one tree: a file of 2,000 questions has about a tenth of it.
const maxNodes = 1_500_000

var errDeep = errors.New("elements too deep or too many")

// treeReader builds trees out of tokens, up to the limits.
type treeReader struct {
	d     *xml.Decoder
	nodes int
}

// readTree reads a whole XML file. Entities of its own (the way to files outside and to laughing bombs) are refused.
func readTree(data []byte) (*node, error) {
	data, ok := asUTF8(data)
	if !ok {
		return nil, errEncoding
	}
	r := &treeReader{d: xml.NewDecoder(bytes.NewReader(data))}
	r.d.Entity = xml.HTMLEntity
	r.d.CharsetReader = charset
	for {
		token, err := r.d.Token()
		if errors.Is(err, io.EOF) {
			return nil, errBroken
		}
		if err != nil {
			return nil, errBroken.Because(err)
		}
		switch t := token.(type) {
		case xml.Directive:
			if bytes.Contains(bytes.ToUpper(t), []byte("ENTITY")) || bytes.Contains(t, []byte("[")) {
				return nil, errEntities
			}
		case xml.StartElement:
			return r.element(t, 0)
		}
	}
}

// element reads what stands in an element whose start was met.
func (r *treeReader) element(start xml.StartElement, depth int) (*node, error) {
	line, _ := r.d.InputPos()
	n := &node{name: start.Name.Local, attrs: start.Copy().Attr, line: line}
	if r.nodes++; depth > maxDepth || r.nodes > maxNodes {
		return nil, errBroken.Because(errDeep)
	}
	// Comments part a text into pieces: joined one by one, a long text would be copied as often as it has pieces.
	var text strings.Builder
	said := func() {
		if text.Len() > 0 {
			r.nodes++
			n.kids = append(n.kids, &node{text: text.String()})
			text.Reset()
		}
	}
	for {
		token, err := r.d.Token()
		if err != nil {
			return nil, errBroken.Because(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			said()
			kid, err := r.element(t, depth+1)
			if err != nil {
				return nil, err
			}
			n.kids = append(n.kids, kid)
		case xml.EndElement:
			said()
			return n, nil
		case xml.CharData:
			text.Write(t)
		}
	}
}

// attr is the value of an attribute, whatever its namespace; QTI 3 writes "max-choices" for "maxChoices".
func (n *node) attr(names ...string) string {
	if n == nil {
		return ""
	}
	for _, name := range names {
		for _, a := range n.attrs {
			if a.Name.Local == name {
				return a.Value
			}
		}
	}
	return ""
}

// child is the first element of a name, or nil.
func (n *node) child(name string) *node {
	if n == nil {
		return nil
	}
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return nil
}

// at goes down a path of names; nil where it ends too early.
func (n *node) at(path ...string) *node {
	for _, name := range path {
		n = n.child(name)
	}
	return n
}

// children are the elements of a name.
func (n *node) children(name string) []*node {
	var found []*node
	if n == nil {
		return nil
	}
	for _, k := range n.kids {
		if k.name == name {
			found = append(found, k)
		}
	}
	return found
}

// find collects the elements of these names at any depth, in the order of the file.
func (n *node) find(names ...string) []*node {
	var found []*node
	if n == nil {
		return nil
	}
	for _, k := range n.kids {
		for _, name := range names {
			if k.name == name {
				found = append(found, k)
			}
		}
		if k.name != "" {
			found = append(found, k.find(names...)...)
		}
	}
	return found
}

// content is all text inside.
func (n *node) content() string {
	if n == nil {
		return ""
	}
	if n.name == "" {
		return n.text
	}
	var b strings.Builder
	for _, k := range n.kids {
		b.WriteString(k.content())
	}
	return b.String()
}

// asUTF8 undoes what text editors do: byte order marks and UTF-16.
func asUTF8(data []byte) ([]byte, bool) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		data = fromUTF16(data)
	}
	return data, utf8.Valid(data) || bytes.HasPrefix(bytes.TrimSpace(data), []byte("<?xml"))
}

func fromUTF16(data []byte) []byte {
	little := data[0] == 0xff
	out := make([]byte, 0, len(data))
	var high rune
	for i := 2; i+1 < len(data); i += 2 {
		u := rune(data[i])<<8 | rune(data[i+1])
		if little {
			u = rune(data[i+1])<<8 | rune(data[i])
		}
		switch {
		case u >= 0xd800 && u < 0xdc00:
			high = u
			continue
		case u >= 0xdc00 && u < 0xe000 && high != 0:
			u = 0x10000 + (high-0xd800)<<10 + (u - 0xdc00)
		}
		high = 0
		out = utf8.AppendRune(out, u)
	}
	return out
}

// charset reads the one-byte encodings that old programs still declare; others are refused in words.
func charset(label string, input io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "utf-8", "utf8", "us-ascii", "ascii", "utf-16":
		return input, nil // UTF-16 was turned into UTF-8 before
	case "iso-8859-1", "latin1", "windows-1252":
		data, err := io.ReadAll(io.LimitReader(input, maxUnpacked))
		out := make([]byte, 0, len(data))
		for _, b := range data {
			out = utf8.AppendRune(out, rune(b))
		}
		return bytes.NewReader(out), err
	}
	return nil, errEncoding
}

func attribute(name, value string) xml.Attr {
	return xml.Attr{Name: xml.Name{Local: name}, Value: value}
}
