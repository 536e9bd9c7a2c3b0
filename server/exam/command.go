package exam

import "github.com/hoithi/hoithi/server/scoring"

// Topics of this room.
const (
	TopicContestant = "contestant/exam/{round}"
	TopicOrganizer  = "organizer/exam/{round}"
)

// StartCommand begins an attempt; sent again while one runs, it gives that one.
type StartCommand struct {
	PeriodID int64 `json:"period_id" minimum:"1"`
}

// Started names the attempt; its paper comes as exam_paper before this reply.
type Started struct {
	AttemptID int64 `json:"attempt_id"`
	Writer    int32 `json:"writer"`
}

// RespondCommand is a response to one place of the paper. Attempt, place, writer and seq are its key: sent again
// unchanged, it is stored once.
type RespondCommand struct {
	AttemptID int64          `json:"attempt_id" minimum:"1"`
	Place     int16          `json:"place" minimum:"-1" maximum:"300" doc:"0: the guess, as text; -1: places flagged for later, as text '3,7'"`
	Writer    int32          `json:"writer" minimum:"1"`
	Seq       int32          `json:"seq" minimum:"1" maximum:"1000000" doc:"Counted up by the device with every change of this place"`
	Options   []string       `json:"options,omitempty" maxItems:"26" doc:"Ids of the chosen options, or all of them in the order given; a response with nothing in it takes an earlier one back"`
	Text      string         `json:"text,omitempty" maxLength:"1200"`
	Parts     []scoring.Part `json:"parts,omitempty" maxItems:"26"`
}

// ResponseStored says that a response stands in Postgres.
type ResponseStored struct {
	Place      int16 `json:"place"`
	Seq        int32 `json:"seq"`
	ReceivedUs int64 `json:"received_us"`
}

// ClaimAttemptCommand asks for the right to answer from this device. The present device, or one that was released, gets
// it; another needs the old device or an organizer.
type ClaimAttemptCommand struct {
	AttemptID int64 `json:"attempt_id" minimum:"1"`
}

// ReleaseAttemptCommand lets another device take over.
type ReleaseAttemptCommand struct {
	AttemptID int64 `json:"attempt_id" minimum:"1"`
}

// SubmitCommand ends an attempt. Sent again, it says the same.
type SubmitCommand struct {
	AttemptID int64 `json:"attempt_id" minimum:"1"`
	Writer    int32 `json:"writer" minimum:"1"`
}

// Submitted is the end of an attempt, with the score where it is shown at once.
type Submitted struct {
	Attempt OwnAttempt `json:"attempt"`
}

// AwayCommand tells how often the page lost the focus since the last one; it never costs points.
type AwayCommand struct {
	AttemptID int64 `json:"attempt_id" minimum:"1"`
	Times     int   `json:"times" minimum:"1" maximum:"1000"`
}

// AskCommand asks the organizers about an item, or the round.
type AskCommand struct {
	AttemptID int64  `json:"attempt_id,omitzero" minimum:"0"`
	Place     int16  `json:"place,omitzero" minimum:"0" maximum:"300"`
	Body      string `json:"body" minLength:"1" maxLength:"2000"`
}
