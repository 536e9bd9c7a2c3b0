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
}
