package roster

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
	"github.com/hoithi/hoithi/server/unit"
)

// Rules reads the rules of a contest: its own, and the terms of its registration.
func (s *Service) Rules(ctx context.Context, contestID int64) (Rules, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return Rules{}, err
	}
	return s.rulesOf(ctx, s.q, c)
}

func (s *Service) rulesOf(ctx context.Context, q *rosterdb.Queries, c contest.Contest) (Rules, error) {
	row, err := q.Terms(ctx, c.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		return RulesOf(c, FirstTerms(Kind(c.EntryKind))), nil
	}
	if err != nil {
		return Rules{}, postgres.Fault(err)
	}
	var t Terms
	if err := json.Unmarshal(row.Terms, &t); err != nil {
		return Rules{}, err
	}
	t.Version = int(row.Version)
	t.Fields = cleanFields(Kind(c.EntryKind), t.Fields)
	return RulesOf(c, t.full()), nil
}

// Staff is somebody who works for a contest, by what is known of their account.
type Staff struct {
	Name, Login string
	Vi, En      string // what they are: "người ra câu hỏi của hội thi"
}

// UseStaff says who works for a contest: organizers, hosts, secretaries, judges, authors of its items.
func (s *Service) UseStaff(f func(ctx context.Context, contestID int64) ([]Staff, error)) {
	s.staff = f
}

// UseWinners says which entries won the first prizes of a contest, by its final results.
func (s *Service) UseWinners(f func(ctx context.Context, contestID int64) ([]int64, error)) {
	s.winners = f
}

// weighed is a draft on its way through the rules.
type weighed struct {
	Draft Draft
	// RegistrationID and EntryID are what the draft is already: it is not compared with itself.
	RegistrationID, EntryID int64
	// Findings are kept with the entry that it becomes.
	Findings []Finding
}

// weigh is what every way into a contest goes through: it gathers the facts about cleaned drafts and says what the rules
// find in each. Drafts that are not refused take their places before the next is looked at. asked: places that pending
// registrations ask for count as taken.
func (s *Service) weigh(ctx context.Context, q *rosterdb.Queries, c contest.Contest, r Rules, drafts []weighed, asked bool) ([][]Finding, error) {
	g := gathering{s: s, q: q, c: c, r: r, asked: asked, drafts: drafts}
	if err := g.gather(ctx); err != nil {
		return nil, err
	}
	found := make([][]Finding, len(drafts))
	for i, w := range drafts {
		facts, err := g.factsOf(ctx, i)
		if err != nil {
			return nil, err
		}
		found[i] = Check(r, w.Draft, facts)
		if !Refused(found[i]) && !Waits(found[i]) {
			g.take(i)
		}
		for _, id := range g.people[i] {
			g.know(Known{Identity: id})
		}
	}
	return found, nil
}

// gathering reads once what many drafts need.
type gathering struct {
	s      *Service
	q      *rosterdb.Queries
	c      contest.Contest
	r      Rules
	asked  bool
	drafts []weighed

	today   Date
	people  [][]Identity
	units   []int64 // of each draft; 0: none, or not known yet
	facts   map[int64]UnitFacts
	barred  []Barred
	known   map[string][]Known // by any of their signs
	places  map[placeKey]int
	excepts struct{ entries, registrations []int64 }
}

// placeKey names a count: of all (0, 0), of a division, of a unit, of a unit in a division; or of a unit's people.
type placeKey struct {
	divisionID, unitID int64
	persons            bool
}

func (g *gathering) gather(ctx context.Context) error {
	zone, err := time.LoadLocation(g.c.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	day := time.Now()
	if g.c.StartsAt != nil {
		day = *g.c.StartsAt
	}
	day = day.In(zone)
	g.today = Date{day.Year(), int(day.Month()), day.Day()}
	g.places = map[placeKey]int{}
	g.excepts.entries, g.excepts.registrations = []int64{}, []int64{}
	for _, w := range g.drafts {
		people := make([]Identity, len(w.Draft.Members))
		for i, m := range w.Draft.Members {
			people[i] = m.identity(g.s.secrets.citizenKeyOf)
		}
		g.people = append(g.people, people)
		if w.EntryID != 0 {
			g.excepts.entries = append(g.excepts.entries, w.EntryID)
		}
		if w.RegistrationID != 0 {
			g.excepts.registrations = append(g.excepts.registrations, w.RegistrationID)
		}
	}
	if err := g.gatherUnits(ctx); err != nil {
		return err
	}
	if err := g.gatherKnown(ctx); err != nil {
		return err
	}
	g.barred, err = g.s.barredIn(ctx, g.q, g.c, g.r.Eligibility)
	return err
}

// gatherUnits finds the unit of each draft, and what stands above it on the contest's day.
func (g *gathering) gatherUnits(ctx context.Context) error {
	tree, err := g.s.units.Tree(ctx)
	if err != nil {
		return err
	}
	g.facts = map[int64]UnitFacts{}
	view := tree.At(dayOf(g.c))
	var all []int64
	for _, w := range g.drafts {
		id := unitOf(tree, g.c, w.Draft).ID
		g.units = append(g.units, id)
		if _, known := g.facts[id]; id == 0 || known {
			continue
		}
		u, _ := view.Unit(id)
		f := UnitFacts{ID: id, Kind: string(u.Kind), Above: []int64{}}
		for _, above := range view.Path(id) {
			f.Above = append(f.Above, above.ID)
		}
		slices.Reverse(f.Above)
		all = append(all, f.Above...)
		g.facts[id] = f
	}
	if len(all) == 0 {
		return nil
	}
	slices.Sort(all)
	rows, err := g.q.InvitedOf(ctx, rosterdb.InvitedOfParams{ContestID: g.c.ID, UnitIds: slices.Compact(all)})
	if err != nil {
		return err
	}
	invited := make(map[int64]int, len(rows))
	for _, row := range rows {
		invited[row.UnitID] = int(row.Target)
	}
	for id, f := range g.facts {
		f.Target = invited[id]
		f.Listed = slices.ContainsFunc(f.Above, func(above int64) bool { _, ok := invited[above]; return ok })
		g.facts[id] = f
	}
	return nil
}

// gatherKnown finds the people who stand in other entries and registrations of the contest.
func (g *gathering) gatherKnown(ctx context.Context) error {
	g.known = map[string][]Known{}
	p := rosterdb.AlikeMembersParams{ContestID: g.c.ID, ExceptIds: g.excepts.entries, CitizenMacs: [][]byte{}, Phones: []string{}, NameKeys: []string{}, BirthDates: []string{}}
	for _, people := range g.people {
		for _, id := range people {
			if mac, err := hex.DecodeString(id.Citizen); err == nil && len(mac) > 0 {
				p.CitizenMacs = append(p.CitizenMacs, mac)
			}
			if id.Phone != "" {
				p.Phones = append(p.Phones, id.Phone)
			}
			// What is no date was refused by Draft.Check; here it is only not looked for.
			if _, ok := ReadDate(id.BirthDate); ok {
				p.NameKeys, p.BirthDates = append(p.NameKeys, id.Name), append(p.BirthDates, id.BirthDate)
			}
		}
	}
	if len(p.CitizenMacs)+len(p.Phones)+len(p.NameKeys) == 0 {
		return nil
	}
	members, err := g.q.AlikeMembers(ctx, p)
	if err != nil {
		return err
	}
	for _, m := range members {
		g.know(Known{Identity: Identity{Name: m.NameKey, BirthDate: m.BirthDate, Phone: m.Phone, Email: m.Email, Citizen: macText(m.CitizenMac)},
			EntryID: m.EntryID, Number: NumberText(int(m.Number))})
	}
	rp := rosterdb.AlikeRegistrantsParams(p)
	rp.ExceptIds = g.excepts.registrations
	registrants, err := g.q.AlikeRegistrants(ctx, rp)
	if err != nil {
		return err
	}
	for _, m := range registrants {
		g.know(Known{Identity: Identity{Name: m.NameKey, BirthDate: m.BirthDate, Phone: m.Phone, Email: m.Email, Citizen: macText(m.CitizenMac)},
			RegistrationID: m.RegistrationID})
	}
	return nil
}

func signsOf(id Identity) []string {
	var signs []string
	if id.Citizen != "" {
		signs = append(signs, "c"+id.Citizen)
	}
	if id.Phone != "" {
		signs = append(signs, "p"+id.Phone)
	}
	if id.BirthDate != "" {
		signs = append(signs, "n"+id.Name+"|"+id.BirthDate)
	}
	return signs
}

func (g *gathering) know(k Known) {
	for _, sign := range signsOf(k.Identity) {
		g.known[sign] = append(g.known[sign], k)
	}
}

func (g *gathering) factsOf(ctx context.Context, i int) (Facts, error) {
	d := g.drafts[i].Draft
	f := Facts{Today: g.today, People: g.people[i], Unit: g.facts[g.units[i]], Barred: g.barred}
	for _, id := range g.people[i] {
		for _, sign := range signsOf(id) {
			f.Known = append(f.Known, g.known[sign]...)
		}
	}
	q := g.r.Quotas
	var err error
	count := func(key placeKey, needed bool) int {
		if !needed || err != nil {
			return 0
		}
		var n int
		n, err = g.place(ctx, key)
		return n
	}
	entries, perDivision, persons := q.ForUnit(f.Unit, d.DivisionID)
	inDivision := false
	for _, x := range q.Divisions {
		inDivision = inDivision || x.DivisionID == d.DivisionID && x.Entries > 0
	}
	known := f.Unit.ID != 0
	f.Taken = Taken{
		Entries:      count(placeKey{}, q.Entries > 0),
		Division:     count(placeKey{divisionID: d.DivisionID}, inDivision),
		Unit:         count(placeKey{unitID: f.Unit.ID}, known && entries > 0),
		UnitDivision: count(placeKey{divisionID: d.DivisionID, unitID: f.Unit.ID}, known && perDivision > 0),
		UnitPersons:  count(placeKey{unitID: f.Unit.ID, persons: true}, known && persons > 0),
	}
	return f, err
}

// place counts the places that are taken, once for each key; take goes on counting.
func (g *gathering) place(ctx context.Context, key placeKey) (int, error) {
	if n, ok := g.places[key]; ok {
		return n, nil
	}
	n, err := g.count(ctx, key)
	if err != nil {
		return 0, err
	}
	g.places[key] = n
	return n, nil
}

func (g *gathering) count(ctx context.Context, key placeKey) (int, error) {
	var taken, asked int64
	var err error
	if key.persons {
		taken, err = g.q.TakenPersons(ctx, rosterdb.TakenPersonsParams{ContestID: g.c.ID, UnitID: key.unitID, ExceptIds: g.excepts.entries})
		if err == nil && g.asked {
			asked, err = g.q.AskedPersons(ctx, rosterdb.AskedPersonsParams{ContestID: g.c.ID, UnitID: key.unitID, ExceptIds: g.excepts.registrations})
		}
		return int(taken + asked), err
	}
	taken, err = g.q.TakenPlaces(ctx, rosterdb.TakenPlacesParams{ContestID: g.c.ID, DivisionID: key.divisionID, UnitID: key.unitID, ExceptIds: g.excepts.entries})
	if err == nil && g.asked {
		asked, err = g.q.AskedPlaces(ctx, rosterdb.AskedPlacesParams{ContestID: g.c.ID, DivisionID: key.divisionID, UnitID: key.unitID, ExceptIds: g.excepts.registrations})
	}
	return int(taken + asked), err
}

// take gives a draft its places, so that the next ones of a file see them taken.
func (g *gathering) take(i int) {
	d, unitID := g.drafts[i].Draft, g.units[i]
	for key := range g.places {
		if (key.divisionID == 0 || key.divisionID == d.DivisionID) && (key.unitID == 0 || key.unitID == unitID) {
			if key.persons {
				g.places[key] += len(d.Members)
			} else {
				g.places[key]++
			}
		}
	}
}

// barredIn lists who may not enter a contest.
func (s *Service) barredIn(ctx context.Context, q *rosterdb.Queries, c contest.Contest, e Eligibility) ([]Barred, error) {
	var out []Barred
	for _, b := range e.Barred {
		vi, en := "người trong danh sách không được dự thi", "on the list of those who may not enter"
		if b.Reason != "" {
			vi, en = vi+" ("+b.Reason+")", en+" ("+b.Reason+")"
		}
		out = append(out, Barred{Identity: b.identity(), Vi: vi, En: en})
	}
	for _, b := range e.Winners {
		vi, en := "người đã đạt giải Nhất", "a former first-prize winner"
		if b.Reason != "" {
			vi, en = vi+" ("+b.Reason+")", en+" ("+b.Reason+")"
		}
		out = append(out, Barred{Identity: b.identity(), Winner: true, Vi: vi, En: en})
	}
	if e.BarStaff && s.staff != nil {
		staff, err := s.staff(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		for _, p := range staff {
			id := Identity{Name: unit.WordsKey(p.Name)}
			if phone := CleanPhone(p.Login); isPhone(phone) {
				id.Phone = phone
			} else if isEmail(p.Login) {
				id.Email = p.Login
			}
			out = append(out, Barred{Identity: id, Vi: p.Vi, En: p.En})
		}
	}
	if len(e.WinnersOf) == 0 || s.winners == nil {
		return out, nil
	}
	var entryIDs []int64
	for _, id := range e.WinnersOf {
		won, err := s.winners(ctx, id)
		if err != nil {
			return nil, err
		}
		entryIDs = append(entryIDs, won...)
	}
	people, err := q.WinnersPeople(ctx, notNil(entryIDs))
	if err != nil {
		return nil, err
	}
	for _, m := range people {
		out = append(out, Barred{Identity: Identity{Name: m.NameKey, BirthDate: m.BirthDate, Phone: m.Phone, Email: m.Email, Citizen: macText(m.CitizenMac)}, Winner: true,
			Vi: "người đã đạt giải Nhất “" + m.ContestName + "”", En: "a first-prize winner of “" + m.ContestName + "”"})
	}
	return out, nil
}
