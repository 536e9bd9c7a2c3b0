// Package roster knows who takes part: registrations, the entries they become, their members, candidate numbers and
// codes.
//
// It must never store or log a code or a personal link in the clear, never hand personal data to the public, and never
// let guessing at one entry's code keep that entry's own devices out.
package roster

import (
	"strconv"
	"time"
)

// Kind says who enters: one person, or a team.
type Kind string

const (
	KindPerson Kind = "person"
	KindTeam   Kind = "team"
)

// RegistrationState is where a registration stands.
type RegistrationState string

const (
	RegistrationPending    RegistrationState = "pending"
	RegistrationWaitlisted RegistrationState = "waitlisted" // the quota is full: in line for a place
	RegistrationApproved   RegistrationState = "approved"
	RegistrationRejected   RegistrationState = "rejected"
	RegistrationWithdrawn  RegistrationState = "withdrawn"
)

// EntryState tells whether an entry still takes part.
type EntryState string

const (
	EntryActive    EntryState = "active"
	EntryWithdrawn EntryState = "withdrawn"
)

// MemberRole is what a person is in a team; a person who enters alone is its captain.
type MemberRole string

const (
	RoleCaptain MemberRole = "captain"
	RoleMember  MemberRole = "member"
	RoleReserve MemberRole = "reserve"
)

// Member is one person of an entry.
type Member struct {
	ID   int64
	Name string
	Role MemberRole
	Person
}

// Entry is what takes part in a contest and is ranked: a contestant or a team.
type Entry struct {
	ID         int64
	ContestID  int64
	DivisionID int64
	UnitID     int64  // 0: no unit
	UnitName   string // the unit's name now; results of the past keep their own copy
	Kind       Kind
	// Number is the candidate number (SBD) as it is printed: at least three digits, unique in the contest.
	Number  string
	Name    string
	State   EntryState
	Members []Member
}

// NumberText prints a candidate number: at least three digits, so that cards of one contest look alike.
func NumberText(n int) string {
	s := strconv.Itoa(n)
	for len(s) < 3 {
		s = "0" + s
	}
	return s
}

// ParseNumber reads a candidate number as people type it ("7", "007", " 7 "); 0 means that it is none.
func ParseNumber(s string) int {
	n, digits := 0, 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			n = n*10 + int(r-'0')
			digits++
			if n > MaxNumber {
				return 0
			}
		case r == ' ' || r == '\u00a0' || r == '.':
		default:
			return 0
		}
	}
	if digits == 0 || digits > 12 {
		return 0
	}
	return n
}

// MaxNumber is the highest candidate number.
const MaxNumber = 9_999_999

// Registration is the request that becomes an entry when it is approved; it stays as it was sent.
type Registration struct {
	ID         int64
	DivisionID int64
	UnitID     int64  // 0: the unit was typed by hand
	UnitName   string // from the list, or as typed
	Draft      Draft
	State      RegistrationState
	Reason     string // why it was rejected
	EntryID    int64  // 0 until approved
	Number     string // "" until approved
	CreatedAt  time.Time
	Findings   []Finding
}
