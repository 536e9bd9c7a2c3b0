package roster

import (
	"strings"
	"unicode"
)

// OrdinaryName is a person's name as people write it, where it stands in capitals only or in small letters only:
// "NGUYỄN VĂN AN" and "nguyễn văn an" become "Nguyễn Văn An". false: it is written with care, or too short to tell.
func OrdinaryName(name string) (string, bool) {
	letters, upper := 0, 0
	for _, r := range name {
		if unicode.IsLetter(r) {
			letters++
			if unicode.IsUpper(r) {
				upper++
			}
		}
	}
	if letters < 2 || upper != 0 && upper != letters {
		return name, false
	}
	var b strings.Builder
	begins := true // also behind the signs within a word: "H'HEN NIÊ" is "H'Hen Niê"
	for _, r := range name {
		switch {
		case begins:
			b.WriteRune(unicode.ToUpper(r))
		default:
			b.WriteRune(unicode.ToLower(r))
		}
		begins = !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
	}
	return b.String(), b.String() != name
}

// Respelling is what could be written in the ordinary way in a file.
type Respelling struct {
	Names         int // of people
	Before, After string
}

// respelling counts the people of a file whose names are not written in the ordinary way; do writes them so. The names of
// teams stay: there capitals may be meant.
func (f *File) respelling(kind Kind, do bool) (found Respelling) {
	write := func(name *string) {
		after, other := OrdinaryName(*name)
		if !other {
			return
		}
		if found.Names++; found.Names == 1 {
			found.Before, found.After = *name, after
		}
		if do {
			*name = after
		}
	}
	for i := range f.Entries {
		d := &f.Entries[i].Draft
		for j := range d.Members {
			write(&d.Members[j].Name)
		}
		if kind == KindPerson {
			if len(d.Members) > 0 {
				d.Name = d.Members[0].Name
			} else {
				write(&d.Name)
			}
		}
	}
	return found
}
