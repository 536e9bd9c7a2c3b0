package stage

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/scoring"
)

func filled() bank.Content {
	c := bank.Content{Type: bank.FillIn, Stem: "Phông chữ [[1]], lề trái từ [[2]] mm.", Difficulty: bank.Recognition,
		Blanks: []bank.Blank{{ID: "1", Type: bank.ShortText}, {ID: "2", Type: bank.Numeric}},
		Key:    bank.Key{Blanks: []bank.BlankKey{{ID: "1", Texts: []string{"Times New Roman"}}, {ID: "2", Number: "30,5"}}}}
	return c.Normalized()
}

func ordered() bank.Content {
	c := bank.Content{Type: bank.Ordering, Stem: "Sắp xếp.", Difficulty: bank.Recognition, PartialCredit: bank.InSequence}
	for i, s := range []string{"một", "hai", "ba", "bốn"} {
		c.Options = append(c.Options, bank.Option{ID: bank.OptionID(i), Text: s})
		c.Key.Order = append(c.Key.Order, bank.OptionID(i))
	}
	return c.Normalized()
}

// An answer of several parts on its way: what is asked tells nothing, what is malformed is refused, and afterwards each
// part says whether it was right.
func TestAnswersOfSeveralParts(t *testing.T) {
	h := newHall(t, 2)
	h.versions[0].Content, h.versions[1].Content = filled(), ordered()
	a := h.addNode("a", nil, false)
	h.setUp(a, DefaultSettings())
	w := []int32{h.claim(a, 0, 10), h.claim(a, 1, 11)}
	p := h.open(a)
	kinds := map[string]string{contestantTopic(h.round.ID): KindContestant, audienceTopic(h.round.ID): KindAudience}
	asked := func(topic string) string {
		b, err := json.Marshal(a.hub.newest(topic, kinds[topic]).Data)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for topic := range kinds {
		if view := asked(topic); !strings.Contains(view, "Phông chữ") || strings.Contains(view, "Times New") || strings.Contains(view, "30.5") {
			t.Fatalf("%s tells too little or too much: %s", topic, view)
		}
	}
	seq := int32(0)
	give := func(entry int, options []string, parts ...scoring.Part) error {
		seq++
		_, err := h.answer(a, entry, int64(10+entry), AnswerCommand{Play: h.state(a).Current, Writer: w[entry], Seq: seq, Options: options, Parts: parts})
		return err
	}
	wantCode(t, give(0, nil, scoring.Part{ID: "9", Value: "x"}), "answer_invalid")
	wantCode(t, give(0, nil, scoring.Part{ID: "2", Value: "ba mươi"}), "answer_not_a_number")
	wantCode(t, give(0, []string{"a"}), "answer_invalid")
	for entry, parts := range [][]scoring.Part{{{ID: "2", Value: " 30,5 "}, {ID: "1", Value: "times  new roman"}}, {{ID: "1", Value: "Arial"}, {ID: "2", Value: "30,50"}}} {
		if err := give(entry, nil, parts...); err != nil {
			t.Fatal(err)
		}
	}
	h.closeItem(a)
	h.cue(a, Command{Cue: CueReveal})
	own := func(entry int) OwnAnswer {
		r, err := a.room(t.Context(), h.round.ID)
		if err != nil {
			t.Fatal(err)
		}
		view, err := r.ownView(t.Context(), h.entries[entry].ID)
		if err != nil {
			t.Fatal(err)
		}
		return view.Answers[len(view.Answers)-1]
	}
	if got := own(0); got.Result.Points != p.Points || fmt.Sprint(got.Result.Parts, got.Parts) != "[{1 true} {2 true}] [{1 times  new roman} {2 30,5}]" {
		t.Errorf("all right: %+v %+v", got, got.Result)
	}
	if got := own(1); got.Result.Points != p.Points/2 || fmt.Sprint(got.Result.Parts) != "[{1 false} {2 true}]" {
		t.Errorf("half right: %+v %+v", got, got.Result)
	}
	if view := asked(audienceTopic(h.round.ID)); !strings.Contains(view, "Times New Roman") ||
		!strings.Contains(view, `"tally":[{"option":"1","count":1},{"option":"2","count":2}]`) {
		t.Errorf("the hall learns: %s", view)
	}

	h.open(a)
	right := h.versions[1].Content.Key.Order
	wantCode(t, give(0, right[:3]), "answer_invalid")
	if err := give(0, []string{right[1], right[0], right[2], right[3]}); err != nil {
		t.Fatal(err)
	}
	h.closeItem(a)
	h.cue(a, Command{Cue: CueReveal})
	if got := own(0); got.Result.Verdict != "partly" || got.Result.Points != 667 {
		t.Errorf("two neighbours swapped: %+v", got.Result)
	}
}

// A key is corrected only by a version to whose parts the answers that came in still belong.
func TestSameParts(t *testing.T) {
	other := ordered()
	other.Key.Order[0], other.Key.Order[1] = other.Key.Order[1], other.Key.Order[0]
	if !sameParts(ordered(), other.Normalized()) {
		t.Error("another order of the same lines was refused")
	}
	other.Options[0].Text = "năm"
	if sameParts(ordered(), other.Normalized()) {
		t.Error("another line passed")
	}
	blank := filled()
	blank.Blanks[1].Type = bank.ShortText
	if sameParts(filled(), blank) {
		t.Error("another kind of blank passed")
	}
}

// The host's word on the sound is the projector's only; the next item begins in silence, and undo looks past it.
func TestMediaCue(t *testing.T) {
	h := newHall(t, 1)
	a := h.addNode("a", nil, false)
	h.setUp(a, DefaultSettings())
	h.open(a)
	if s := h.cue(a, Command{Cue: CueMedia, On: true}); !s.MediaOn || s.MediaUs == 0 || s.Done[len(s.Done)-1].Kind != EventOpened {
		t.Errorf("%+v", s)
	}
	h.closeItem(a)
	h.cue(a, Command{Cue: CueReveal})
	if s := h.cue(a, Command{Cue: CueNext}); s.MediaOn {
		t.Error("the sound of the item before plays on")
	}
}
