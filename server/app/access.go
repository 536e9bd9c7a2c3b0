package app

import "github.com/hoithi/hoithi/server/web"

// access is the one table that says who may do what. Its keys are
//   - the id of an operation of the API: "get-contest"
//   - "topic:" and the pattern of a live topic: "topic:contestant/round/{round}"
//   - "command:" and the kind of a live command: "command:answer"
//
// A room gives the live hub the key as the Need of a topic or command ("topic:...", "command:..."), and what is not
// in the table is refused at start. A need with a contest takes it from {contest} in the path, or from the {contest}
// or {round} of the topic.
var access = web.Access{
	// Sessions.
	"get-session":  web.Public,
	"sign-in":      web.Public,
	"sign-out":     web.Public,
	"look-at-link": web.Public,
	"accept-link":  web.Public,
	// Contests.
	"list-contests":      web.Public,
	"get-public-contest": web.Public,
	"list-my-contests":   web.SignedIn,
	"create-contest":     web.SignedIn,
	"get-contest":        web.Staff,
	"update-contest":     web.Organizer,
	"set-divisions":      web.Organizer,
	"advance-contest":    web.Organizer,
	"clone-contest":      web.Organizer,
	"add-round":          web.Organizer,
	"order-rounds":       web.Organizer,
	"update-round":       web.Organizer,
	"remove-round":       web.Organizer,
	// People of a contest.
	"list-people":         web.Organizer,
	"invite-person":       web.Organizer,
	"dismiss-person":      web.Organizer,
	"invite-person-again": web.Organizer,
	"pair-judge":          web.Organizer,
	// Registration and entries.
	"get-registration-form": web.Public,
	"register":              web.Public,
	"look-at-registration":  web.Public,
	"withdraw-registration": web.Public,
	"enter":                 web.Public,
	"enter-by-link":         web.Public,
	"get-my-entry":          web.Contestant,
	"get-roster":            web.Organizer,
	"list-registrations":    web.Organizer,
	"approve-registrations": web.Organizer,
	"reject-registrations":  web.Organizer,
	"invite-units":          web.Organizer,
	"dismiss-unit":          web.Organizer,
	"list-entries":          web.Organizer,
	"add-entry":             web.Organizer,
	"get-entry":             web.Organizer,
	"update-entry":          web.Organizer,
	"withdraw-entry":        web.Organizer,
	"restore-entry":         web.Organizer,
	"reissue-code":          web.Organizer,
	"print-cards":           web.Organizer,
	"export-entries":        web.Organizer,
	"get-import-template":   web.Organizer,
	"preview-import":        web.Organizer,
	"import-entries":        web.Organizer,
}
