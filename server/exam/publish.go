package exam

import (
	"context"
	"slices"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

// PublishView says what publishing would show now, to whom.
type PublishView struct {
	PublishedUs int64           `json:"published_us" doc:"When it was last done; 0: never"`
	Seq         int64           `json:"seq" doc:"To be sent back: what has happened since is looked at first"`
	ShowScore   Moment          `json:"show_score" enum:"at_submit,after_window,published,never"`
	ShowKeys    Moment          `json:"show_keys" enum:"after_window,published,never"`
	ShowBoard   Moment          `json:"show_board" enum:"at_submit,after_window,published,never"`
	Periods     []PublishPeriod `json:"periods"`
	Appeals     int             `json:"appeals" doc:"Days in which a review may be asked for afterwards"`
	// Final: once the contest's results are final nothing more of a round is published.
	Final bool `json:"final,omitzero" doc:"The contest's results are final: nothing more can be published"`
	// Useful: something would be seen that is not seen now.
	Useful bool `json:"useful"`
}

// PublishPeriod is a period with what of it is seen now, and what would be.
type PublishPeriod struct {
	ID       int64      `json:"id"`
	Name     string     `json:"name"`
	Settled  bool       `json:"settled" doc:"Only what is counted can be published"`
	Entrants int        `json:"entrants"`
	Now      PublishedX `json:"now"`
	Then     PublishedX `json:"then"`
}

// PublishedX is what may be seen of a period.
type PublishedX struct {
	Scores bool `json:"scores" doc:"Each contestant: own points, time and place"`
	Keys   bool `json:"keys" doc:"Each contestant: right answers and the reason for each point"`
	Board  bool `json:"board" doc:"Everybody: the standings, and with them how many took part"`
}

func (f *facts) seen(p Period) PublishedX {
	return PublishedX{Scores: f.shows(f.settings.ShowScore, p), Keys: f.keysShown(p), Board: f.boardShown(p)}
}

var (
	errNothingToPublish = conflict("exam_nothing_to_publish",
		"Không có gì mới để công bố: chưa kỳ nào chấm xong, hoặc cài đặt đã cho xem từ trước.",
		"There is nothing new to publish: no period is counted, or the settings show it already.")
	errPublishFinal = conflict("exam_publish_final",
		"Kết quả của hội thi đã chốt nên không công bố thêm điểm, đáp án hay bảng xếp hạng của vòng thi được nữa. Những gì đã công bố vẫn xem được như trước.",
		"The contest's results are final, so no more points, right answers or standings of a round can be published. What was published can be seen as before.")
	errPublishMoved = conflict("exam_publish_moved",
		"Vòng thi vừa có thay đổi so với bản xem trước nên chưa công bố. Hãy xem lại rồi công bố.",
		"The round has changed since the preview, so nothing was published. Look again, then publish.")
)

// publication says what publishing at a moment would show.
func (f *facts) publication(nowUs int64) PublishView {
	v := PublishView{PublishedUs: f.published, Seq: f.seq, ShowScore: f.settings.ShowScore, ShowKeys: f.settings.ShowKeys, ShowBoard: f.settings.ShowBoard,
		Appeals: f.settings.AppealDays, Periods: []PublishPeriod{}, Final: f.contest.State == contest.Finalized || f.contest.State == contest.Archived}
	then := *f
	then.published = nowUs
	for _, p := range f.periods {
		x := PublishPeriod{ID: p.ID, Name: p.Name, Settled: p.SettledUs != 0, Now: f.seen(p), Then: then.seen(p)}
		v.Useful = v.Useful || x.Now != x.Then
		v.Periods = append(v.Periods, x)
	}
	return v
}

// Publication previews publishing.
func (s *Service) Publication(ctx context.Context, contestID, roundID int64) (PublishView, error) {
	r, err := s.fresh(ctx, contestID, roundID)
	if err != nil {
		return PublishView{}, err
	}
	v := r.known().publication(s.nowUs())
	for i := range v.Periods {
		n, err := s.q.CountCounting(ctx, v.Periods[i].ID)
		if err != nil {
			return v, postgres.Fault(err)
		}
		v.Periods[i].Entrants = int(n)
	}
	return v, nil
}

// Publish shows what the settings leave to the organizer's word, of the periods that are counted. seq is that of the
// preview.
func (s *Service) Publish(ctx context.Context, contestID, roundID, seq int64) error {
	err := s.act(ctx, contestID, roundID, func(a *act) error {
		if a.round.Seq != seq {
			return errPublishMoved
		}
		periods, err := readPeriods(ctx, a.q, roundID)
		if err != nil {
			return err
		}
		f := &facts{roundID: roundID, settings: a.settings, published: a.published, periods: periods, seq: a.round.Seq}
		if !slices.ContainsFunc(periods, func(p Period) bool { return p.SettledUs != 0 }) || !f.publication(a.nowUs).Useful {
			return errNothingToPublish
		}
		a.published = a.nowUs
		a.add(Event{Kind: EventPublished})
		a.scores()
		return nil
	})
	if errContestOver.Is(err) {
		return errPublishFinal
	}
	return err
}

var errNoStatistics = fault.New(fault.Conflict, "exam_not_settled",
	"Kỳ này chưa chấm xong nên chưa có thống kê. Thống kê có khi kỳ thi đã đóng và mọi bài đã được chấm.",
	"This period is not counted yet, so there are no statistics. They come when it is over and everything is counted.")
