package roster

import (
	"context"
	"crypto/hmac"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/text/unicode/norm"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

// ownVersion is the first part of the version of a contest's own wording; ours carry a year.
const ownVersion = "own-"

// wordings are all texts that a contest has ever shown, and which are shown now.
type wordings struct {
	now      []Purpose
	guardian Purpose
	all      []Purpose
}

func (w wordings) find(key, version string) (Purpose, bool) {
	for _, p := range w.all {
		if p.Key == key && p.Version == version {
			return p, true
		}
	}
	return Purpose{}, false
}

func (s *Service) wordings(ctx context.Context, q *rosterdb.Queries, contestID int64) (wordings, error) {
	rows, err := q.ConsentTexts(ctx, contestID)
	if err != nil {
		return wordings{}, postgres.Fault(err)
	}
	w := wordings{guardian: GuardianPurpose, now: append([]Purpose(nil), Purposes...)}
	w.all = append(append(append(w.all, Purposes...), GuardianPurpose), formerPurposes...)
	for _, r := range rows { // by version: the last one is in force
		own := func(p Purpose) Purpose {
			return Purpose{Key: r.Purpose, Version: fmt.Sprintf("%s%d", ownVersion, r.Version), Required: p.Required, Vi: r.Vi, En: r.En}
		}
		for i, p := range w.now {
			if p.Key == r.Purpose {
				w.now[i] = own(p)
				w.all = append(w.all, w.now[i])
			}
		}
		if r.Purpose == PurposeGuardian {
			w.guardian = own(w.guardian)
			w.all = append(w.all, w.guardian)
		}
	}
	return w, nil
}

// PurposesOf gives the purposes of a contest as they are worded now, and what a guardian agrees to.
func (s *Service) PurposesOf(ctx context.Context, contestID int64) ([]Purpose, Purpose, error) {
	w, err := s.wordings(ctx, s.q, contestID)
	return w.now, w.guardian, err
}

var badWording = fault.New(fault.Invalid, "consent_text_invalid",
	"Nội dung đồng ý cần từ 10 đến 2.000 ký tự, cả tiếng Việt và tiếng Anh. Chưa có gì thay đổi.",
	"The text needs 10 to 2,000 characters, in Vietnamese and in English. Nothing has changed.")

// Reword gives a purpose a new wording from now on. Those who agreed to an older one have agreed to that.
func (s *Service) Reword(ctx context.Context, contestID int64, key, vi, en string) error {
	vi, en = norm.NFC.String(strings.TrimSpace(vi)), norm.NFC.String(strings.TrimSpace(en))
	for path, text := range map[string]string{"vi": vi, "en": en} {
		if n := len([]rune(text)); n < 10 || n > 2000 || strings.ContainsRune(text, 0) {
			return badWording.At(path, badWording.Vi, badWording.En)
		}
	}
	done, err := s.turns.take(ctx, contestID)
	if err != nil {
		return postgres.Fault(err)
	}
	defer done()
	return postgres.Fault(postgres.InTxRetry(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		if err := q.LockRoster(ctx, rosterdb.LockRosterParams{Class: lockClass, Contest: int32(contestID)}); err != nil {
			return err
		}
		w, err := s.wordings(ctx, q, contestID)
		if err != nil {
			return err
		}
		known := false
		for _, p := range append(w.now, w.guardian) {
			if p.Key != key {
				continue
			}
			known = true
			if p.Vi == vi && p.En == en {
				return nil
			}
		}
		if !known {
			return fault.NothingHere
		}
		if err := q.AddConsentText(ctx, rosterdb.AddConsentTextParams{ContestID: contestID, Purpose: key, Vi: vi, En: en, CreatedBy: actor(ctx)}); err != nil {
			return err
		}
		return record(ctx, tx, contestID, "reword_consent", map[string]any{"purpose": key})
	}))
}

// agree checks the answers that came with a registration, against the wording of now and the ages of the people.
func (s *Service) agree(ctx context.Context, c contest.Contest, d Draft, given []Consent) ([]Consent, error) {
	w, err := s.wordings(ctx, s.q, c.ID)
	if err != nil {
		return nil, err
	}
	return CheckConsents(w.now, w.guardian, given, Minors(d.Members, today(c)))
}

// today is the day in the contest's time zone.
func today(c contest.Contest) Date {
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	y, m, d := time.Now().In(zone).Date()
	return Date{y, int(m), d}
}

// keepConsents adds answers to what is known; the newest of a purpose counts. Agent and network of the evidence are those
// of the one who asks.
func (s *Service) keepConsents(ctx context.Context, q *rosterdb.Queries, contestID, registrationID, entryID int64, answers []Consent) error {
	if len(answers) == 0 {
		return nil
	}
	w, err := s.wordings(ctx, q, contestID)
	if err != nil {
		return err
	}
	p := rosterdb.InsertConsentsParams{ContestID: contestID, RegistrationID: registrationID, EntryID: entryID,
		Network: NetworkOf(account.From(ctx).Address), AccountID: actor(ctx)}
	for _, a := range answers {
		text, ok := w.find(a.Purpose, a.Version)
		if !ok {
			return consentOutdated
		}
		if a.Method == "" {
			a.Method = ByForm
		}
		if a.Agent != "" {
			p.Agent = clipRunes(a.Agent, 200)
		}
		p.Purposes = append(p.Purposes, a.Purpose)
		p.Versions = append(p.Versions, a.Version)
		p.Given = append(p.Given, a.Given)
		p.Persons = append(p.Persons, int32(a.Person))
		p.TextHashes = append(p.TextHashes, text.Hash())
		p.Methods = append(p.Methods, string(a.Method))
		p.Statements = append(p.Statements, a.Statement)
		p.GuardianNames = append(p.GuardianNames, a.GuardianName)
		p.GuardianPhones = append(p.GuardianPhones, a.GuardianPhone)
	}
	return q.InsertConsents(ctx, p)
}

// GivenText is a consent with the words that it was given to.
type GivenText struct {
	Consent
	Vi, En string
	Newest bool
}

// Consents lists all answers of a registration and its entry, oldest first, each with its own wording.
func (s *Service) Consents(ctx context.Context, w Who) ([]GivenText, error) {
	rows, err := s.q.ConsentHistory(ctx, rosterdb.ConsentHistoryParams{RegistrationID: w.RegistrationID, EntryID: w.EntryID})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	texts, err := s.wordings(ctx, s.q, w.ContestID)
	if err != nil {
		return nil, err
	}
	out := make([]GivenText, len(rows))
	type of struct {
		purpose string
		person  int
	}
	newest := map[of]int{}
	for i, r := range rows {
		text, _ := texts.find(r.Purpose, r.Version)
		out[i] = GivenText{Vi: text.Vi, En: text.En, Consent: Consent{Purpose: r.Purpose, Version: r.Version, Given: r.Given, At: r.At, Person: int(r.Person),
			Evidence: Evidence{Method: Method(r.Method), Agent: r.Agent, Network: r.Network, Statement: r.Statement,
				GuardianName: r.GuardianName, GuardianPhone: r.GuardianPhone}}}
		newest[of{r.Purpose, int(r.Person)}] = i
	}
	for _, i := range newest {
		out[i].Newest = true
	}
	return out, nil
}

var mustWithdraw = fault.New(fault.Conflict, "consent_needed",
	"Mục này bắt buộc để dự thi. Nếu không đồng ý nữa, hãy rút khỏi hội thi hoặc yêu cầu xóa dữ liệu.",
	"Nobody can take part without this one. To take it back, withdraw from the contest or ask that your data be erased.")

// Decide changes the answer to an optional purpose later on, by the person or by an organizer whom the person has told.
func (s *Service) Decide(ctx context.Context, w Who, key string, given bool, evidence Evidence) error {
	return s.change(ctx, w.ContestID, func(tx pgx.Tx, q *rosterdb.Queries, _ contest.Contest) error {
		texts, err := s.wordings(ctx, q, w.ContestID)
		if err != nil {
			return err
		}
		for _, p := range texts.now {
			if p.Key != key {
				continue
			}
			if p.Required {
				return mustWithdraw
			}
			if err := s.keepConsents(ctx, q, w.ContestID, w.RegistrationID, w.EntryID, []Consent{{Purpose: key, Version: p.Version, Given: given, Evidence: evidence}}); err != nil {
				return err
			}
			if w.EntryID != 0 {
				if err := q.HideAsRefused(ctx, rosterdb.HideAsRefusedParams{ContestID: w.ContestID, Ids: []int64{w.EntryID}}); err != nil {
					return err
				}
			}
			return record(ctx, tx, w.ContestID, "consent", map[string]any{"entry_id": w.EntryID, "registration_id": w.RegistrationID, "purpose": key, "given": given})
		}
		return fault.NothingHere
	})
}

// Who is a person as this room knows one: by a registration, by the entry it has become, or both.
type Who struct {
	ContestID      int64
	RegistrationID int64 // 0: entered by an organizer
	EntryID        int64 // 0: not an entry yet
}

// WhoByReceipt finds a registrant by the secret that was given at registration.
func (s *Service) WhoByReceipt(ctx context.Context, receipt string) (Who, error) {
	row, err := s.q.WhoByReceipt(ctx, s.secrets.receiptMAC(clipRunes(receipt, 100)))
	if errors.Is(err, pgx.ErrNoRows) {
		return Who{}, fault.NothingHere
	}
	return Who{ContestID: row.ContestID, RegistrationID: row.ID, EntryID: row.EntryID}, postgres.Fault(err)
}

// WhoByEntry finds an entry's person; contestID 0: of any contest.
func (s *Service) WhoByEntry(ctx context.Context, contestID, entryID int64) (Who, error) {
	e, err := s.Entry(ctx, contestID, entryID)
	if err != nil {
		return Who{}, err
	}
	w := Who{ContestID: e.ContestID, EntryID: e.ID}
	id, err := s.q.RegistrationOfEntry(ctx, &entryID)
	if errors.Is(err, pgx.ErrNoRows) {
		return w, nil
	}
	w.RegistrationID = id
	return w, postgres.Fault(err)
}

// Mask is what is read instead of an entry's name.
type Mask struct {
	Name string
	// Erased: the name is gone for everybody, not only for the public.
	Erased bool
}

// Masks gives what the public reads instead of the names of those who do not want theirs published, or are erased: by
// entry. Every path to the public goes through it, also to what was frozen or made final before.
func (s *Service) Masks(ctx context.Context, contestID int64) (map[int64]Mask, error) {
	rows, err := s.q.MaskedEntries(ctx, contestID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	masks := make(map[int64]Mask, len(rows))
	for _, r := range rows {
		masks[r.ID] = Mask{Name: PublicName(Kind(r.Kind), r.Name, NumberText(int(r.Number)), r.Erased), Erased: r.Erased}
	}
	return masks, nil
}

// MaskVersion changes when Masks does.
func (s *Service) MaskVersion(ctx context.Context, contestID int64) (string, error) {
	v, err := s.q.MaskVersion(ctx, contestID)
	return v, postgres.Fault(err)
}

// WhoByRegistration finds the person of a registration, with the entry it may have become.
func (s *Service) WhoByRegistration(ctx context.Context, contestID, registrationID int64) (Who, error) {
	row, err := s.q.WhoByRegistration(ctx, rosterdb.WhoByRegistrationParams{ID: registrationID, ContestID: contestID})
	if errors.Is(err, pgx.ErrNoRows) {
		return Who{}, fault.NothingHere
	}
	return Who{ContestID: contestID, RegistrationID: registrationID, EntryID: row}, postgres.Fault(err)
}

// CodeFits tells whether a code is that of an entry: it is asked for again before a citizen number is shown in full.
// Guessing is slowed down as at the door.
func (s *Service) CodeFits(ctx context.Context, p account.Principal, entryID int64, code string) error {
	e, err := s.Entry(ctx, 0, entryID)
	if err != nil {
		return err
	}
	n := ParseNumber(e.Number)
	scope := entryScope(e.ContestID, n)
	if err := s.accounts.Slowdown(ctx, p, scope); err != nil {
		return err
	}
	row, err := s.q.EntryByNumber(ctx, rosterdb.EntryByNumberParams{ContestID: e.ContestID, Number: int32(n)})
	if err != nil {
		return postgres.Fault(err)
	}
	if !hmac.Equal(row.CodeMac, s.secrets.codeMAC(e.ContestID, CleanCode(code))) {
		if err := s.accounts.Failed(ctx, p, scope); err != nil {
			return err
		}
		return wrongCode.At("code", wrongCode.Vi, wrongCode.En)
	}
	return s.accounts.Succeeded(ctx, p, scope)
}
