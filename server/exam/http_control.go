package exam

import (
	"context"
	"net/http"
	"slices"

	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/web"
)

// ControlIn names a round that is run.
type ControlIn struct {
	Contest int64 `path:"contest" minimum:"1"`
	Round   int64 `path:"round" minimum:"1"`
}

// ControlEntryIn names an entry in it.
type ControlEntryIn struct {
	ControlIn
	Entry int64 `path:"entry" minimum:"1"`
}

// ControlPeriodIn names a period, or all.
type ControlPeriodIn struct {
	ControlIn
	Period int64 `query:"period" minimum:"0" doc:"0: any"`
}

// FoundEntry is an entry that a search gave.
type FoundEntry struct {
	ID       int64  `json:"id"`
	Number   string `json:"number"`
	Name     string `json:"name"`
	Unit     string `json:"unit"`
	Attempts int    `json:"attempts"`
	Running  bool   `json:"running"`
}

// AbsentEntry is an entry that has not begun.
type AbsentEntry struct {
	ID     int64  `json:"id"`
	Number string `json:"number"`
	Name   string `json:"name"`
	Unit   string `json:"unit"`
	Phone  string `json:"phone"`
}

// RoundEvent is a line of what happened.
type RoundEvent struct {
	Event
	Number int64  `json:"seq"`
	AtUs   int64  `json:"at_us"`
	ByName string `json:"by_name" doc:"Empty: the clock"`
}

type controlUnitsOut struct {
	Body struct {
		Units []UnitTurns `json:"units"`
	}
}

type controlAbsentOut struct {
	Body struct {
		Entries []AbsentEntry `json:"entries" doc:"At most 500"`
	}
}

type controlFoundOut struct {
	Body struct {
		Entries []FoundEntry `json:"entries" doc:"At most 30"`
	}
}

type controlEntryOut struct{ Body EntryInControl }

type controlPatternsOut struct {
	Body struct {
		Patterns []Pattern `json:"patterns" doc:"Hints for people: nothing in them costs points"`
		Devices  int       `json:"devices" doc:"From how many devices on it is pointed out"`
		Away     int       `json:"away"`
		GoneUs   int64     `json:"gone_us"`
	}
}

type controlEventsOut struct {
	Body struct {
		Events []RoundEvent `json:"events" doc:"Newest first"`
	}
}

const controlBase = "/api/organizer/contests/{contest}/rounds/{round}/exam/control"

// controlRoutes registers what organizers do while a round runs.
func controlRoutes(api *web.API, s *Service) {
	s.lookRoutes(api)
	s.courseRoutes(api)
	s.messageRoutes(api)
	s.overrideRoutes(api)
	s.correctionRoutes(api)
}

func (s *Service) lookRoutes(api *web.API) {
	web.Handle(api, web.Op{ID: "list-exam-units", Method: http.MethodGet, Path: controlBase + "/units", Summary: "By unit, who has taken an online exam and who has not"},
		func(ctx context.Context, in *ControlPeriodIn) (*controlUnitsOut, error) {
			units, err := s.ControlUnits(ctx, in.Contest, in.Round, in.Period)
			out := &controlUnitsOut{}
			out.Body.Units = units
			return out, err
		})
	web.Handle(api, web.Op{ID: "list-exam-absent", Method: http.MethodGet, Path: controlBase + "/absent", Summary: "Who has not begun yet"},
		func(ctx context.Context, in *struct {
			ControlPeriodIn
			Unit int64 `query:"unit" minimum:"0" doc:"0: all"`
		}) (*controlAbsentOut, error) {
			rows, err := s.Absent(ctx, in.Contest, in.Round, in.Period, in.Unit)
			out := &controlAbsentOut{}
			out.Body.Entries = make([]AbsentEntry, 0, len(rows))
			for _, e := range rows {
				out.Body.Entries = append(out.Body.Entries, AbsentEntry{e.ID, roster.NumberText(int(e.Number)), e.Name, e.UnitName, e.Phone})
			}
			return out, err
		})
	web.Handle(api, web.Op{ID: "find-exam-entries", Method: http.MethodGet, Path: controlBase + "/entries", Summary: "Look for an entry by number, name or unit"},
		func(ctx context.Context, in *struct {
			ControlIn
			Words string `query:"q" maxLength:"120"`
		}) (*controlFoundOut, error) {
			rows, err := s.FindEntries(ctx, in.Contest, in.Round, in.Words)
			out := &controlFoundOut{}
			out.Body.Entries = make([]FoundEntry, 0, len(rows))
			for _, e := range rows {
				out.Body.Entries = append(out.Body.Entries, FoundEntry{e.ID, roster.NumberText(int(e.Number)), e.Name, e.UnitName, int(e.Attempts), e.Running})
			}
			return out, err
		})
	web.Handle(api, web.Op{ID: "get-exam-entry", Method: http.MethodGet, Path: controlBase + "/entries/{entry}", Summary: "One entry: attempts, progress, devices"},
		func(ctx context.Context, in *ControlEntryIn) (*controlEntryOut, error) {
			v, err := s.EntryNow(ctx, in.Contest, in.Round, in.Entry)
			return &controlEntryOut{Body: v}, err
		})
	web.Handle(api, web.Op{ID: "release-exam-device", Method: http.MethodPost, Path: controlBase + "/entries/{entry}/release", Summary: "Let another device of an entry take over"},
		func(ctx context.Context, in *ControlEntryIn) (*struct{}, error) {
			return nil, s.ReleaseFor(ctx, in.Contest, in.Round, in.Entry)
		})
	web.Handle(api, web.Op{ID: "list-exam-patterns", Method: http.MethodGet, Path: controlBase + "/patterns", Summary: "What is unusual, for people to look at"},
		func(ctx context.Context, in *ControlIn) (*controlPatternsOut, error) {
			list, err := s.Patterns(ctx, in.Contest, in.Round)
			out := &controlPatternsOut{}
			out.Body.Patterns, out.Body.Devices, out.Body.Away, out.Body.GoneUs = list, manyDevices, manyAway, longGoneUs
			return out, err
		})
}

func (s *Service) courseRoutes(api *web.API) {
	web.Handle(api, web.Op{ID: "list-exam-events", Method: http.MethodGet, Path: controlBase + "/events", Summary: "What happened to the round, by whom and why"},
		func(ctx context.Context, in *ControlIn) (*controlEventsOut, error) {
			if _, err := s.contests.Round(ctx, in.Contest, in.Round); err != nil {
				return nil, err
			}
			events, err := s.Events(ctx, in.Round)
			if err != nil {
				return nil, err
			}
			names, err := s.accountNames(ctx, events)
			out := &controlEventsOut{}
			out.Body.Events = make([]RoundEvent, 0, len(events))
			for _, e := range slices.Backward(events) {
				out.Body.Events = append(out.Body.Events, RoundEvent{Event: e, Number: e.Seq, AtUs: e.AtUs, ByName: names[e.By]})
			}
			return out, err
		})
	web.Handle(api, web.Op{ID: "pause-exam", Method: http.MethodPost, Path: controlBase + "/pause", Summary: "Let the whole round stand still; the time is given back"},
		func(ctx context.Context, in *struct {
			ControlIn
			Body struct {
				Reason string `json:"reason" minLength:"3" maxLength:"500"`
			}
		}) (*struct{}, error) {
			return nil, s.Pause(ctx, in.Contest, in.Round, in.Body.Reason)
		})
	web.Handle(api, web.Op{ID: "resume-exam", Method: http.MethodPost, Path: controlBase + "/resume", Summary: "Let the round go on"},
		func(ctx context.Context, in *ControlIn) (*struct{}, error) {
			return nil, s.Resume(ctx, in.Contest, in.Round)
		})
	web.Handle(api, web.Op{ID: "extend-exam", Method: http.MethodPost, Path: controlBase + "/extend", Summary: "More time for everybody in a period, or in all that are open"},
		func(ctx context.Context, in *struct {
			ControlIn
			Body struct {
				PeriodID int64  `json:"period_id" minimum:"0" doc:"0: all that are open"`
				Seconds  int64  `json:"seconds" minimum:"1" maximum:"86400"`
				Reason   string `json:"reason" minLength:"3" maxLength:"500"`
			}
		}) (*struct{}, error) {
			return nil, s.Extend(ctx, in.Contest, in.Round, in.Body.PeriodID, in.Body.Seconds*timeSecondUs, in.Body.Reason)
		})
}

func (s *Service) accountNames(ctx context.Context, events []Event) (map[int64]string, error) {
	ids := []int64{}
	for _, e := range events {
		if e.By != 0 {
			ids = append(ids, e.By)
		}
	}
	rows, err := s.q.AccountNames(ctx, ids)
	if err != nil {
		return nil, err
	}
	names := make(map[int64]string, len(rows))
	for _, row := range rows {
		names[row.ID] = row.Name
	}
	return names, nil
}

// RoundNotice is an announcement, or a question with its answer, as organizers see it.
type RoundNotice struct {
	ID        int64  `json:"id"`
	Kind      string `json:"kind" enum:"announcement,clarification"`
	EntryID   int64  `json:"entry_id,omitzero" doc:"0: to everybody"`
	Number    string `json:"number,omitempty"`
	Name      string `json:"name,omitempty"`
	Unit      string `json:"unit,omitempty"`
	AttemptID int64  `json:"attempt_id,omitzero"`
	Place     int16  `json:"place,omitzero"`
	Body      string `json:"body"`
	AtUs      int64  `json:"at_us"`
	ByName    string `json:"by_name,omitempty"`
	Reply     string `json:"reply,omitempty"`
	ReplyUs   int64  `json:"reply_us,omitzero"`
	ReplyName string `json:"reply_name,omitempty"`
	ReplyAll  bool   `json:"reply_all"`
}

type controlMessagesOut struct {
	Body struct {
		Messages []RoundNotice `json:"messages" doc:"Questions that wait first, then the newest"`
	}
}

func (s *Service) messageRoutes(api *web.API) {
	web.Handle(api, web.Op{ID: "list-exam-messages", Method: http.MethodGet, Path: controlBase + "/messages", Summary: "Announcements and questions of a round"},
		func(ctx context.Context, in *ControlIn) (*controlMessagesOut, error) {
			rows, err := s.Messages(ctx, in.Contest, in.Round)
			out := &controlMessagesOut{}
			out.Body.Messages = make([]RoundNotice, 0, len(rows))
			for _, m := range rows {
				v := RoundNotice{ID: m.ID, Kind: m.Kind, Body: m.Body, AtUs: m.AtUs, ByName: m.ByName, Reply: m.Reply, ReplyUs: m.ReplyUs, ReplyName: m.ReplyName, ReplyAll: m.ReplyAll}
				if m.EntryID != nil {
					v.EntryID, v.Number, v.Name, v.Unit = *m.EntryID, roster.NumberText(int(m.EntryNumber)), m.EntryName, m.UnitName
				}
				if m.AttemptID != nil && m.Place != nil {
					v.AttemptID, v.Place = *m.AttemptID, *m.Place
				}
				out.Body.Messages = append(out.Body.Messages, v)
			}
			return out, err
		})
	web.Handle(api, web.Op{ID: "announce-exam", Method: http.MethodPost, Path: controlBase + "/messages", Summary: "Say something to everybody in a round, or to one entry"},
		func(ctx context.Context, in *struct {
			ControlIn
			Body struct {
				EntryID int64  `json:"entry_id" minimum:"0" doc:"0: everybody"`
				Text    string `json:"text" minLength:"1" maxLength:"2000"`
			}
		}) (*struct{}, error) {
			return nil, s.Announce(ctx, in.Contest, in.Round, in.Body.EntryID, in.Body.Text)
		})
	web.Handle(api, web.Op{ID: "answer-exam-question", Method: http.MethodPost, Path: controlBase + "/messages/{message}/reply", Summary: "Answer a contestant's question"},
		func(ctx context.Context, in *struct {
			ControlIn
			Message int64 `path:"message" minimum:"1"`
			Body    struct {
				Text      string `json:"text" minLength:"1" maxLength:"2000"`
				Everybody bool   `json:"everybody" doc:"Question and answer are shown to all"`
			}
		}) (*struct{}, error) {
			return nil, s.Reply(ctx, in.Contest, in.Round, in.Message, in.Body.Text, in.Body.Everybody)
		})
}
