package importing

import (
	"fmt"
	"path"
	"sort"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

// about is what the manifest says of an item.
type about struct {
	topic string
	extra bank.Extra
}

func readQTI(parts archive) (bank.Reading, error) {
	names, known, err := qtiItems(parts)
	if err != nil {
		return bank.Reading{}, err
	}
	reading := bank.Reading{Format: bank.QTI, Items: []bank.ReadItem{}, Problems: []bank.Problem{}}
	unreadable := []string{}
	for _, name := range names {
		if len(reading.Items) > bank.MaxReadItems {
			break
		}
		data, err := parts.read(name, maxPart)
		if err != nil {
			return bank.Reading{}, err
		}
		if data == nil {
			unreadable = append(unreadable, name)
			continue
		}
		root, err := readTree(data)
		if err != nil {
			unreadable = append(unreadable, name)
			continue
		}
		modern(root)
		switch root.name {
		case "assessmentItem":
		case "questestinterop":
			return bank.Reading{}, errOldQTI
		default:
			continue // a test, a stimulus, metadata
		}
		reading.Items = append(reading.Items, qtiItem(root, name, known[name], func(source string) []byte {
			data, err := parts.read(path.Join(path.Dir(name), source), maxMedia)
			if err != nil {
				return nil
			}
			return data
		}))
	}
	if len(unreadable) > 0 {
		list := short(strings.Join(unreadable, ", "))
		reading.Problems = append(reading.Problems, problem(bank.Error, "parts_unreadable", "",
			fmt.Sprintf("Không đọc được %d tệp trong gói: %s.", len(unreadable), list), fmt.Sprintf("%d files of the package can't be read: %s.", len(unreadable), list)))
	}
	if len(reading.Items) == 0 {
		reading.Problems = append(reading.Problems, nothingFound())
	}
	return reading, nil
}

// qtiItems lists the XML files of a package in the order of its manifest, with what that says of them.
func qtiItems(parts archive) ([]string, map[string]about, error) {
	known := map[string]about{}
	var names []string
	data, err := parts.read(manifestName, maxPart)
	if err != nil {
		return nil, nil, err
	}
	if data != nil {
		manifest, err := readTree(data)
		if err != nil {
			return nil, nil, err
		}
		listed := map[string]bool{} // a file that a manifest names a thousand times is read once
		for _, r := range manifest.find("resource") {
			href := path.Clean(strings.ReplaceAll(r.attr("href"), "\\", "/"))
			if !strings.HasSuffix(strings.ToLower(href), ".xml") || listed[href] {
				continue
			}
			listed[href] = true
			names = append(names, href)
			a := about{}
			for _, own := range r.find("hoithi") {
				a.topic, a.extra = own.attr("topic"), bank.DecodeExtra(strings.TrimSpace(own.content()))
			}
			known[href] = a
		}
	}
	if len(names) == 0 {
		for name := range parts {
			if strings.HasSuffix(strings.ToLower(name), ".xml") && name != manifestName && !strings.HasPrefix(name, "__MACOSX/") {
				names = append(names, name)
			}
		}
		sort.Strings(names)
	}
	return names, known, nil
}

// modern turns the names of version 3 into those of version 2: qti-choice-interaction, max-choices.
func modern(n *node) {
	if n.name == "" {
		return
	}
	if rest, three := strings.CutPrefix(n.name, "qti-"); three {
		n.name = camel(rest)
		for i := range n.attrs {
			n.attrs[i].Name.Local = camel(n.attrs[i].Name.Local)
		}
	}
	for _, k := range n.kids {
		modern(k)
	}
}

func camel(s string) string {
	parts := strings.Split(s, "-")
	for i, p := range parts {
		if i > 0 && p != "" {
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "")
}
