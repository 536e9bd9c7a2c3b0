package stage

import (
	"context"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/scoring"
)

// Kinds of live messages of this room.
const (
	KindContestant = "stage_contestant"
	KindOwn        = "stage_own"
	KindAudience   = "stage_audience"
	KindConsole    = "stage_console"
	KindCounts     = "stage_counts"
	KindHallCount  = "stage_hall_count"
)

// Head is what every view says of a round.
type Head struct {
	RoundID int64  `json:"round_id"`
	Seq     int64  `json:"seq" doc:"Number of the round's last event"`
	Contest string `json:"contest"`
	Round   string `json:"round"`
	Phase   Phase  `json:"phase" enum:"planned,ready,running,paused,closed,scored"`
	Items   int    `json:"items" doc:"How many items the round has, without the reserve"`
	Done    int    `json:"done" doc:"How many items have been put to the entries, with the one on stage"`
	// BoardShown: the standings may be shown to contestants and audience now.
	BoardShown bool `json:"board_shown"`
	ShowTime   bool `json:"show_time" doc:"Whether the time used is shown and counts"`
}

// PlayView is the item on stage as everybody may see it.
type PlayView struct {
	Play        int32      `json:"play"`
	Index       int        `json:"index" doc:"Which item of the round this is, from 1"`
	Status      PlayStatus `json:"status" enum:"shown,open,paused,closing,closed,revealed"`
	Points      int64      `json:"points" doc:"Hundredths of a point"`
	BySpeed     bool       `json:"by_speed"`
	DurationUs  int64      `json:"duration_us"`
	OpensUs     int64      `json:"opens_us,omitzero" doc:"Contest time of the opening"`
	DeadlineUs  int64      `json:"deadline_us,omitzero" doc:"Contest time at which the answering ends"`
	RemainingUs int64      `json:"remaining_us,omitzero" doc:"Time left, while paused"`
	Void        VoidPolicy `json:"void,omitempty" enum:"nobody,everybody" doc:"The item was taken out of the scoring"`
	// Question has its options, targets and lists only from the opening on.
	Question bank.Question `json:"question"`
	Reveal   *Reveal       `json:"reveal,omitempty" doc:"Only once the answer is public"`
	Files    []FileKey     `json:"files,omitempty" doc:"How to open the sealed files of this item"`
}

// Reveal is the right answer, made public.
type Reveal struct {
	Options   []string `json:"options" doc:"Ids of the right options; of a group the true statements"`
	Texts     []string `json:"texts" doc:"Accepted texts, the first one to show"`
	Number    string   `json:"number,omitempty"`
	Tolerance string   `json:"tolerance,omitempty"`
	// Order, Pairs and Blanks belong to the types with several parts.
	Order       []string        `json:"order,omitempty"`
	Pairs       []bank.Pair     `json:"pairs,omitempty"`
	Blanks      []bank.BlankKey `json:"blanks,omitempty"`
	Explanation string          `json:"explanation,omitempty"`
	Source      bank.Source     `json:"source"`
}

// ContestantView is the same for all contestants of a round. It has no place for a right answer but Reveal.
type ContestantView struct {
	Head
	Ahead []SealedFile `json:"ahead,omitempty" doc:"Sealed files of items to come, to be fetched beforehand"`
	Play  *PlayView    `json:"play,omitempty"`
}

// OwnView is what only the entry itself may see.
type OwnView struct {
	EntryID int64       `json:"entry_id"`
	Number  string      `json:"number"`
	Name    string      `json:"name"`
	Unit    string      `json:"unit,omitempty"`
	Writer  int32       `json:"writer" doc:"Number of the device that answers now; a device with a lower one has been superseded"`
	Points  int64       `json:"points" doc:"Hundredths of a point, of the items that count so far"`
	Correct int         `json:"correct"`
	TimeUs  *int64      `json:"time_us,omitempty" doc:"Time used for right answers"`
	Answers []OwnAnswer `json:"answers" doc:"What is saved, by play"`
}

// OwnAnswer is a saved answer.
type OwnAnswer struct {
	Play       int32          `json:"play"`
	Options    []string       `json:"options"`
	Text       string         `json:"text,omitempty"`
	Parts      []scoring.Part `json:"parts,omitempty" doc:"Statements with 'true' or 'false', options with their targets, blanks with what was put in"`
	ReceivedUs int64          `json:"received_us,omitzero"`
	Result     *OwnResult     `json:"result,omitempty" doc:"Only once the play counts"`
}

// OwnResult is what an answer earned.
type OwnResult struct {
	Verdict string `json:"verdict" enum:"right,partly,wrong,missing,void"`
	Points  int64  `json:"points" doc:"Hundredths of a point"`
	TimeUs  *int64 `json:"time_us,omitempty"`
	// Parts say which parts of the answer are right, of types with several parts.
	Parts []scoring.PartResult `json:"parts,omitempty"`
}

// MediaPlaying says what the projector does with the sound or film of the item on stage: it starts by the host's cue.
type MediaPlaying struct {
	MediaOn bool  `json:"media_on" doc:"It plays"`
	MediaUs int64 `json:"media_us,omitzero" doc:"Contest time of the host's last word on it"`
}

// AudienceView is for projectors and phones in the hall.
type AudienceView struct {
	Head
	Screen Screen `json:"screen" enum:"waiting,black,question,board"`
	MediaPlaying
	Ahead []SealedFile `json:"ahead,omitempty" doc:"Sealed files of items to come, to be fetched beforehand"`
	Play  *PlayView    `json:"play,omitempty"`
	Tally []TallyLine  `json:"tally,omitempty" doc:"How often each option was chosen, of types with several parts how often each was right; only once the answer is public"`
}

// HallCount tells the hall how many have answered, and nothing of who or what.
type HallCount struct {
	Play     int32 `json:"play" doc:"0: no item is open or has been"`
	Entries  int   `json:"entries"`
	Answered int   `json:"answered" doc:"Entries with a saved answer to the play"`
}

// TallyLine counts the choices of one option, or the right answers to one part.
type TallyLine struct {
	Option string `json:"option"`
	Count  int    `json:"count"`
}

// frames are the views of one version, each encoded once.
type frames struct {
	contestant live.Message
	audience   live.Message
	console    live.Message
}

func (r *room) makeFrames(ctx context.Context, in info, s *State, events []Event, contents map[int64]Version, sealed sealedFiles) (frames, error) {
	head := headOf(r.id, in, s)
	play := playView(s, contents)
	var keys []FileKey
	if play != nil {
		keys = sealed.keys(play.Question)
		play.Files = keys
	}
	ahead := sealed.ahead(s, contents, keys)
	audience := AudienceView{Head: head, Screen: s.Screen, MediaPlaying: MediaPlaying{s.MediaOn, s.MediaUs}, Ahead: ahead, Play: play}
	if p := s.CurrentPlay(); p != nil && p.Status == PlayRevealed {
		scored, err := r.resultsOf(ctx, s, p, in, contents)
		if err != nil {
			return frames{}, err
		}
		audience.Tally = tally(contents[p.VersionID].Content, contents[p.KeyVersionID].Content, scored)
	}
	// The set-up has no event: its version counts on, so that every view is newer than the one before.
	message := func(kind string, data any) live.Message {
		return live.Message{Kind: kind, Epoch: in.epoch, Seq: s.Seq + in.version, Data: data}
	}
	hub := r.s.cfg.Hub
	return frames{
		contestant: hub.Prepare(contestantTopic(r.id), message(KindContestant, ContestantView{Head: head, Ahead: ahead, Play: play})),
		audience:   hub.Prepare(audienceTopic(r.id), message(KindAudience, audience)),
		console:    hub.Prepare(organizerTopic(r.id), message(KindConsole, consoleView(head, in, s, events, contents))),
	}, nil
}

func headOf(roundID int64, in info, s *State) Head {
	h := Head{RoundID: roundID, Seq: s.Seq, Contest: in.contestName, Round: in.roundName, Phase: s.Phase,
		BoardShown: s.BoardShown, ShowTime: s.Settings.ShowTime}
	for _, it := range s.Items {
		if !it.Reserve {
			h.Items++
		}
	}
	for i := range s.Plays {
		switch s.Plays[i].Status {
		case PlayWithdrawn, PlayReplaced:
		default:
			h.Done++
		}
	}
	return h
}

func playView(s *State, contents map[int64]Version) *PlayView {
	p := s.CurrentPlay()
	if p == nil || s.Phase == PhasePlanned || s.Phase == PhaseReady {
		return nil
	}
	c := contents[p.VersionID].Content
	v := &PlayView{Play: p.Number, Status: p.Status, Points: p.Points, BySpeed: s.Settings.Scoring == ScoringSpeed,
		DurationUs: p.DurationUs, Void: p.Void, Question: c.Question()}
	for i := range s.Plays[:p.Number] {
		switch s.Plays[i].Status {
		case PlayWithdrawn, PlayReplaced:
		default:
			v.Index++
		}
	}
	switch p.Status {
	case PlayShown:
		// The stem may be read out; the options come with the opening, at the same moment for everybody.
		v.Question = v.Question.Unopened()
		return v
	case PlayPaused:
		v.RemainingUs = p.RemainingUs
	default:
		v.DeadlineUs = p.DeadlineUs
	}
	v.OpensUs = p.OpensUs
	if p.Status == PlayRevealed {
		v.Reveal = revealOf(c, contents[p.KeyVersionID].Content)
	}
	return v
}

func revealOf(shown, key bank.Content) *Reveal {
	r := &Reveal{Options: append([]string{}, key.Key.Options...), Texts: append([]string{}, key.Key.Texts...),
		Order: key.Key.Order, Pairs: key.Key.Pairs, Blanks: key.Key.Blanks, Explanation: key.Explanation, Source: key.Source}
	if shown.Type == bank.Numeric {
		r.Number, r.Tolerance = key.Key.Number, key.Key.Tolerance
	}
	return r
}

// tally counts the choices of each option; of types with several parts, how often each part was right.
func tally(shown, key bank.Content, scored map[int64]PlayResult) []TallyLine {
	ids := bank.OptionIDs(shown.Options)
	for _, b := range shown.Blanks {
		ids = append(ids, b.ID)
	}
	if len(ids) == 0 {
		return nil
	}
	lines := make([]TallyLine, len(ids))
	at := make(map[string]int, len(ids))
	for i, id := range ids {
		lines[i].Option, at[id] = id, i
	}
	count := func(id string) {
		if i, ok := at[id]; ok {
			lines[i].Count++
		}
	}
	for _, result := range scored {
		if result.Payload == nil {
			continue
		}
		if !shown.Type.HasOptions() {
			parts, err := partsOf(key, result.Payload)
			if err != nil {
				continue // scoring has read the same bytes
			}
			for _, p := range parts {
				if p.Right {
					count(p.ID)
				}
			}
			continue
		}
		answer, err := ownAnswer(0, 0, result.Payload)
		if err != nil {
			continue // as above
		}
		for _, o := range answer.Options {
			count(o)
		}
	}
	return lines
}
