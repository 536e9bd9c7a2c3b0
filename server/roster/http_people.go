package roster

// PersonView is what is known of one human beside the name. It goes to those who have given it and to organizers; the
// citizen number goes out masked ("0…1234") and, sent back like that, stays as it is.
type PersonView struct {
	BirthDate string            `json:"birth_date,omitempty" maxLength:"20" doc:"2006-01-31, or as people write it"`
	Sex       string            `json:"sex,omitempty" maxLength:"20" doc:"male, female, other"`
	Phone     string            `json:"phone,omitempty" maxLength:"40"`
	Email     string            `json:"email,omitempty" maxLength:"254"`
	Citizen   string            `json:"citizen_number,omitempty" maxLength:"30"`
	Position  string            `json:"position,omitempty" maxLength:"500"`
	Own       map[string]string `json:"own,omitempty" doc:"The organizer's own fields by key"`
}

// DraftMember is a person of an entry-to-be.
type DraftMember struct {
	ID   int64      `json:"id,omitempty" minimum:"0" doc:"Of somebody who is there already"`
	Name string     `json:"name" maxLength:"200"`
	Role MemberRole `json:"role" enum:"captain,member,reserve"`
	PersonView
}

// DraftView is what someone writes about an entry-to-be.
type DraftView struct {
	DivisionID int64         `json:"division_id,omitempty" minimum:"0" doc:"May be left out when there is one division"`
	UnitID     int64         `json:"unit_id,omitempty" minimum:"0" doc:"0: unit_name says it"`
	UnitName   string        `json:"unit_name,omitempty" maxLength:"300"`
	Name       string        `json:"name" maxLength:"300" doc:"Of the person, or of the team"`
	Members    []DraftMember `json:"members,omitempty" maxItems:"80" doc:"Of a team; of a person who enters alone one, for the fields"`
	Phone      string        `json:"phone,omitempty" maxLength:"40"`
	Email      string        `json:"email,omitempty" maxLength:"254"`
}

const maxOwnValues = 40

func (v DraftView) draft() Draft {
	d := Draft{DivisionID: v.DivisionID, UnitID: v.UnitID, UnitName: v.UnitName, Name: v.Name, Phone: v.Phone, Email: v.Email}
	for _, m := range v.Members {
		p := Person{BirthDate: m.BirthDate, Sex: m.Sex, Phone: m.Phone, Email: m.Email, Citizen: m.Citizen, Position: m.Position}
		for key, value := range m.Own {
			if len(p.Own) < maxOwnValues {
				p.Set(clipRunes(key, 40), clipRunes(value, 2*maxFieldText))
			}
		}
		d.Members = append(d.Members, Member{ID: m.ID, Name: m.Name, Role: m.Role, Person: p})
	}
	return d
}

func draftView(d Draft) DraftView {
	return DraftView{DivisionID: d.DivisionID, UnitID: d.UnitID, UnitName: d.UnitName, Name: d.Name, Members: draftMembers(d.Members), Phone: d.Phone, Email: d.Email}
}

func draftMembers(members []Member) []DraftMember {
	out := make([]DraftMember, len(members))
	for i, m := range members {
		out[i] = DraftMember{ID: m.ID, Name: m.Name, Role: m.Role, PersonView: PersonView{BirthDate: m.BirthDate, Sex: m.Sex, Phone: m.Phone,
			Email: m.Email, Citizen: MaskCitizen(m.Citizen), Position: m.Position, Own: m.Own}}
	}
	return out
}
