// Package account knows people, how they sign in, and what each may do where.
//
// It must never let a secret (password, code, link) be stored or logged in the clear, nor decide a permission from
// anything but the session and the grants in Postgres.
package account

// Role is what an account may be in one contest. Organizer includes all but judge, supervisor and leader.
type Role string

const (
	RoleOrganizer  Role = "organizer"  // sets a contest up and runs it
	RoleHost       Role = "host"       // gives cues in the console
	RoleSecretary  Role = "secretary"  // checks and tallies, cannot mark
	RoleJudge      Role = "judge"      // marks
	RoleSupervisor Role = "supervisor" // watches the procedure, reads the marks once they are closed, signs
	RoleTimekeeper Role = "timekeeper" // the stage clock and its seconds, nothing else
	RoleAuthor     Role = "author"     // writes questions, and sees those he wrote
	RoleReviewer   Role = "reviewer"   // reads the bank, approves questions or sends them back
	RoleLeader     Role = "leader"     // acts for the units in Principal.Units, and what is below them
)

// EntrySession says which entry's device this is.
type EntrySession struct {
	EntryID   int64
	ContestID int64
	// DeviceID is the session's own number: each signed-in device has another one.
	DeviceID int64
}

// Principal is who asks: an account, an entry's device, both, or nobody (audience).
type Principal struct {
	AccountID int64 // 0: no account signed in
	Name      string
	Admin     bool
	// SelfMade: its owner has made the account to take part, and nobody has given it a role yet.
	SelfMade bool
	// Grants are the roles per contest.
	Grants map[int64][]Role
	// Units are those that a leader acts for, per contest.
	Units map[int64][]int64
	Entry *EntrySession
	// Locale is "vi" or "en".
	Locale string
	// Address is where the request came from; Device the hash of the browser's long-lived device cookie (empty: none).
	Address string
	Device  []byte
	// Secure: the page came over TLS.
	Secure bool
	// PairedWith is the only contest in which a paired tablet may judge or keep the time; 0: no paired tablet.
	PairedWith int64
	// SessionID is the account's session.
	SessionID int64
}

// Has tells whether the account holds the role in the contest; an administrator is an organizer everywhere.
func (p Principal) Has(contestID int64, role Role) bool {
	if p.AccountID == 0 {
		return false
	}
	if p.Admin && !role.named() {
		return true
	}
	for _, r := range p.Grants[contestID] {
		if r == role || (r == RoleOrganizer && !role.named()) {
			return true
		}
	}
	return false
}

// named: nobody marks without being named to the panel, nobody watches over those who run the contest while running it,
// and nobody acts for a unit that did not name him: administrators and organizers are none of these by themselves.
func (r Role) named() bool { return r == RoleJudge || r == RoleSupervisor || r == RoleLeader }

// IsEntry tells whether this device is signed in as an entry of the contest.
func (p Principal) IsEntry(contestID int64) bool {
	return p.Entry != nil && p.Entry.ContestID == contestID
}
