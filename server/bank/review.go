package bank

import (
	"context"
	"time"

	"github.com/hoithi/hoithi/server/account"
)

// State is how far the newest version of an item has come. An older, approved version stays the one that is drawn until
// the newest is approved.
type State string

// The states.
const (
	Draft    State = "draft"
	InReview State = "in_review"
	SentBack State = "sent_back" // the reviewer asks for a change
	Approved State = "approved"
)

// Step is what somebody does with an item beside writing it.
type Step string

// The steps.
const (
	Submit   Step = "submit"
	Withdraw Step = "withdraw"
	Approve  Step = "approve"
	SendBack Step = "send_back"
	Check    Step = "check" // its legal basis was looked at
	Retire   Step = "retire"
	Restore  Step = "restore"
)

// Next is the state that a step leads to; false: the step can't be taken from here.
func (s State) Next(step Step) (State, bool) {
	switch step {
	case Submit:
		return InReview, s == Draft || s == SentBack
	case Withdraw:
		return Draft, s == InReview
	case Approve:
		return Approved, s != Approved
	case SendBack:
		return SentBack, s == InReview || s == Approved
	case Check, Retire, Restore:
	}
	return s, false
}

// Review are the rules by which a bank is reviewed.
type Review struct {
	// Needed: only approved versions are drawn. Off: what is written counts as approved.
	Needed bool `json:"needed"`
	// OwnApproval lets who wrote a version approve it.
	OwnApproval bool `json:"own_approval"`
	// CheckMonths is after how long the legal basis of an item should be looked at again.
	CheckMonths int `json:"check_months" minimum:"1" maximum:"120"`
	Version     int `json:"version" minimum:"1" doc:"The one that was read"`
}

// firstState is the state of a version that has just been written.
func (r Review) firstState() State {
	if r.Needed {
		return Draft
	}
	return Approved
}

// checkBefore: what was looked at before this moment should be looked at again.
func (r Review) checkBefore(now time.Time) time.Time { return now.AddDate(0, -r.CheckMonths, 0) }

// Lapse is the moment from which items that rest on an act must be looked at again; nil: it is in force. before is what
// was known: an act that had lapsed already does not lapse anew because its note is changed.
func Lapse(forceTo *time.Time, replaced bool, before *time.Time, now time.Time) *time.Time {
	if forceTo == nil && !replaced {
		return nil
	}
	if before != nil && !before.After(now) {
		return before
	}
	at := now
	if forceTo != nil {
		if end := forceTo.AddDate(0, 0, 1); end.After(now) {
			at = end
		}
	}
	return &at
}

// Bar says why a version may not be drawn; empty: it may.
type Bar string

// The bars.
const (
	BarRetired    Bar = "retired"
	BarUnapproved Bar = "unapproved"
	BarLapsed     Bar = "lapsed" // its act is no longer in force, and nobody has looked at the item since
)

// onlyWrites tells whether somebody sees no more of the bank than what he wrote himself.
func onlyWrites(ctx context.Context, contestID int64) bool {
	p := account.From(ctx)
	return p.Has(contestID, account.RoleAuthor) && !p.Has(contestID, account.RoleReviewer) && !p.Has(contestID, account.RoleOrganizer)
}

// mine is the account whose items are shown, 0 for all.
func mine(ctx context.Context, contestID int64) int64 {
	if onlyWrites(ctx, contestID) {
		return account.From(ctx).AccountID
	}
	return 0
}

// by is the account that acts; nil: the server itself.
func by(ctx context.Context) *int64 {
	if id := account.From(ctx).AccountID; id != 0 {
		return &id
	}
	return nil
}
