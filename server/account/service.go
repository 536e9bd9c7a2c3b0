package account

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/text/unicode/norm"

	"github.com/hoithi/hoithi/server/account/accountdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

// How long things last.
const (
	sessionLife    = 30 * 24 * time.Hour
	entryLife      = 60 * 24 * time.Hour
	invitationLife = 14 * 24 * time.Hour
	pairingLife    = 15 * time.Minute
)

// † The library's default parameters took 2.5 GiB for 40 sign-ins at once; these are OWASP's second choice.
var passwordParams = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// Service knows accounts, sessions and grants.
type Service struct {
	db        *pgxpool.Pool
	q         *accountdb.Queries
	key       []byte
	sessions  *postgres.Lane[string, session]
	passwords chan struct{} // as many hashes at once as cores
	nobody    string        // a hash to compare with when there is no such login, so that both take equally long
	// OnSessions is called after sessions were ended or somebody's roles have changed, so that open sockets are looked at
	// again: see Standing and Rights. It must not wait.
	OnSessions func()
	// OnAct records an act on a contest's people, in the transaction of the act.
	OnAct func(ctx context.Context, tx pgx.Tx, contestID int64, action string, payload any) error
	// onInvitation is told of a link that has just been made.
	onInvitation func(ctx context.Context, tx pgx.Tx, i Invitation) error
}

// New opens the room; it makes the installation's secret key at the first start.
func New(ctx context.Context, db *pgxpool.Pool) (*Service, error) {
	q := accountdb.New(db)
	s := &Service{db: db, q: q, sessions: newSessionLane(q), passwords: make(chan struct{}, max(1, runtime.NumCPU()))}
	fresh := make([]byte, 32)
	_, _ = rand.Read(fresh) // never fails: it ends the process instead
	if err := s.q.PutSecret(ctx, accountdb.PutSecretParams{Name: "server_key", Value: fresh}); err != nil {
		return nil, fmt.Errorf("make the server's key: %w", err)
	}
	key, err := s.q.Secret(ctx, "server_key")
	if err != nil {
		return nil, fmt.Errorf("read the server's key: %w", err)
	}
	s.key = key
	s.nobody, err = argon2id.CreateHash(NewToken(), passwordParams)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// record notes an act in a contest's record, when somebody keeps one.
func (s *Service) record(ctx context.Context, tx pgx.Tx, contestID int64, action string, payload any) error {
	if s.OnAct == nil {
		return nil
	}
	return s.OnAct(ctx, tx, contestID, "account."+action, payload)
}

// Key is the installation's secret: the key of HMACs over contestants' codes and links. Derive from it by purpose.
func (s *Service) Key() []byte { return s.key }

// Identify finds the principal of a request by the tokens of its cookies.
func (s *Service) Identify(ctx context.Context, p Principal, accountToken, entryToken string) (Principal, error) {
	if accountToken != "" && len(accountToken) <= 64 {
		if err := s.identifyAccount(ctx, &p, accountToken); err != nil {
			return p, err
		}
	}
	if entryToken != "" && len(entryToken) <= 64 {
		row, err := s.session(ctx, entryToken)
		if err != nil {
			return p, err
		}
		if row.EntryID != nil && row.ContestID != nil {
			p.Entry = &EntrySession{EntryID: *row.EntryID, ContestID: *row.ContestID, DeviceID: row.ID}
		}
	}
	return p, nil
}

func (s *Service) identifyAccount(ctx context.Context, p *Principal, token string) error {
	row, err := s.session(ctx, token)
	if err != nil || row.AccountID == nil {
		return err
	}
	p.AccountID, p.Name, p.Admin, p.SelfMade, p.SessionID = *row.AccountID, row.Name, row.Admin, row.SelfMade, row.ID
	grants, err := s.q.GrantsOf(ctx, *row.AccountID)
	if err != nil {
		return unavailable(err)
	}
	if row.ContestID != nil {
		p.Admin, p.PairedWith = false, *row.ContestID
	}
	p.SelfMade = p.SelfMade && len(grants) == 0
	p.Grants, p.Units = p.rights(grants)
	return nil
}

// unavailable is what a reader hears when the database does not answer.
func unavailable(err error) error { return postgres.Fault(err) }

// NormalLogin is how logins are stored and compared. A telephone number may be written in groups, as people do.
func NormalLogin(login string) string {
	login = strings.ToLower(norm.NFC.String(strings.TrimSpace(login)))
	joined := strings.Join(strings.Fields(login), "")
	if strings.Trim(strings.TrimPrefix(joined, "+"), "0123456789") == "" {
		return joined
	}
	return login
}

var (
	wrongPassword = fault.New(fault.Unauthenticated, "wrong_password",
		"Tên đăng nhập hoặc mật khẩu chưa đúng. Hãy kiểm tra lại, kể cả kiểu gõ tiếng Việt.",
		"The login or the password is not right. Check both, also your keyboard's input mode.")
	weakPassword = fault.New(fault.Invalid, "weak_password",
		"Mật khẩu cần từ 10 đến 128 ký tự. Một câu dễ nhớ là lựa chọn tốt.",
		"A password needs 10 to 128 characters. A sentence you remember well is a good choice.")
	badLogin = fault.New(fault.Invalid, "bad_login",
		"Tên đăng nhập cần từ 3 đến 80 ký tự, không có khoảng trắng.",
		"A login needs 3 to 80 characters, without spaces.")
	loginTaken = fault.New(fault.Conflict, "login_taken",
		"Tên đăng nhập này đã có người dùng. Hãy chọn tên khác.",
		"This login is already taken. Please choose another one.")
	badName = fault.New(fault.Invalid, "bad_name",
		"Họ và tên cần từ 2 đến 120 ký tự.", "A name needs 2 to 120 characters.")
)

// SignIn checks a password and starts a session; it gives the session's token.
func (s *Service) SignIn(ctx context.Context, p Principal, login, password, agent string) (string, error) {
	login = NormalLogin(login)
	row, err := s.q.AccountByLogin(ctx, login)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", unavailable(err)
	}
	row.Login = login
	scope := scopeOf(row)
	if slow := s.Slowdown(ctx, p, scope); slow != nil {
		return "", slow
	}
	hash, real := s.nobody, false
	if err == nil && row.PasswordHash != nil && row.DisabledAt == nil {
		hash, real = *row.PasswordHash, true
	}
	match, err := s.compare(ctx, password, hash)
	if err != nil {
		return "", err
	}
	if !match || !real {
		if err := s.Failed(ctx, p, scope); err != nil {
			return "", err
		}
		return "", wrongPassword
	}
	if err := s.Succeeded(ctx, p, scope); err != nil {
		return "", err
	}
	return s.startSession(ctx, row.ID, nil, agent)
}

func (s *Service) compare(ctx context.Context, password, hash string) (bool, error) {
	if len(password) > 512 {
		return false, nil
	}
	select {
	case s.passwords <- struct{}{}:
		defer func() { <-s.passwords }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	return argon2id.ComparePasswordAndHash(norm.NFC.String(password), hash)
}

func (s *Service) hash(ctx context.Context, password string) (string, error) {
	password = norm.NFC.String(password)
	if err := checkPassword(password); err != nil {
		return "", err
	}
	select {
	case s.passwords <- struct{}{}:
		defer func() { <-s.passwords }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	return argon2id.CreateHash(password, passwordParams)
}

func checkPassword(password string) error {
	if n := len([]rune(password)); n < 10 || n > 128 {
		return weakPassword.At("password", weakPassword.Vi, weakPassword.En)
	}
	return nil
}

func (s *Service) startSession(ctx context.Context, accountID int64, contestID *int64, agent string) (string, error) {
	token := NewToken()
	_, err := s.q.CreateSession(ctx, accountdb.CreateSessionParams{TokenHash: HashToken(token), AccountID: &accountID,
		ContestID: contestID, ExpiresAt: time.Now().Add(sessionLife), UserAgent: clip(agent, 200)})
	if err != nil {
		return "", unavailable(err)
	}
	return token, nil
}

// StartEntrySession signs a device in as an entry; it gives the session's token and number. The caller has checked
// the code or link.
func (s *Service) StartEntrySession(ctx context.Context, contestID, entryID int64, agent string) (token string, device int64, err error) {
	token = NewToken()
	device, err = s.q.CreateSession(ctx, accountdb.CreateSessionParams{TokenHash: HashToken(token), EntryID: &entryID,
		ContestID: &contestID, ExpiresAt: time.Now().Add(entryLife), UserAgent: clip(agent, 200)})
	if err != nil {
		return "", 0, unavailable(err)
	}
	return token, device, nil
}

// EndEntrySessions signs out all devices of an entry but one (0: all), such as when its code is reissued.
func (s *Service) EndEntrySessions(ctx context.Context, entryID, exceptDevice int64) error {
	defer s.sessionsChanged()
	return s.q.RevokeEntrySessions(ctx, accountdb.RevokeEntrySessionsParams{EntryID: &entryID, ID: exceptDevice})
}

// SignOut ends the session of a token.
func (s *Service) SignOut(ctx context.Context, token string) error {
	if err := s.q.RevokeSession(ctx, HashToken(token)); err != nil {
		return unavailable(err)
	}
	s.sessionsChanged()
	return nil
}

// EnsureAccount finds or makes an account that signs in with this password (the demo and tests).
func (s *Service) EnsureAccount(ctx context.Context, login, name, password string, admin bool) (int64, error) {
	login = NormalLogin(login)
	row, err := s.q.AccountByLogin(ctx, login)
	if errors.Is(err, pgx.ErrNoRows) {
		row, err = s.q.CreateAccount(ctx, accountdb.CreateAccountParams{Login: login, Name: name, Admin: admin})
	}
	if err != nil {
		return 0, err
	}
	if password != "" {
		hash, err := s.hash(ctx, password)
		if err != nil {
			return 0, err
		}
		if err := s.q.SetPassword(ctx, accountdb.SetPasswordParams{ID: row.ID, PasswordHash: &hash}); err != nil {
			return 0, err
		}
	}
	return row.ID, nil
}

// Grant gives a role in a contest.
func (s *Service) Grant(ctx context.Context, accountID, contestID int64, role Role) error {
	return s.q.AddGrant(ctx, accountdb.AddGrantParams{AccountID: accountID, ContestID: contestID, Role: string(role)})
}

// GrantTx is Grant within the caller's transaction.
func (s *Service) GrantTx(ctx context.Context, tx pgx.Tx, accountID, contestID int64, role Role) error {
	return s.q.WithTx(tx).AddGrant(ctx, accountdb.AddGrantParams{AccountID: accountID, ContestID: contestID, Role: string(role)})
}

// CopyGrants gives everybody of one contest the same roles in another (a clone).
func (s *Service) CopyGrants(ctx context.Context, tx pgx.Tx, from, to int64) error {
	return s.q.WithTx(tx).CopyGrants(ctx, accountdb.CopyGrantsParams{FromContest: from, ToContest: to})
}

// DropGrants takes all roles in a contest away (a rehearsal that has ended).
func (s *Service) DropGrants(ctx context.Context, tx pgx.Tx, contestID int64) error {
	return s.q.WithTx(tx).DropGrants(ctx, contestID)
}

// Sweep forgets what is no longer of use: old tries, links and sessions, and accounts that people made and left.
func (s *Service) Sweep(ctx context.Context) error {
	if err := s.q.SweepAccount(ctx); err != nil {
		return err
	}
	return s.dropIdle(ctx)
}

func clip(s string, n int) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")
	if len(s) > n {
		s = strings.ToValidUTF8(s[:n], "")
	}
	return s
}
