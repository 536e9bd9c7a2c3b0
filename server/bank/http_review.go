package bank

import (
	"context"
	"net/http"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/web"
)

type reviewOut struct{ Body Review }

type recordOut struct{ Body Record }

type viewsOut struct {
	Body struct {
		Views []View `json:"views" doc:"Newest first"`
	}
}

type readingsOut struct {
	Body struct {
		Viewers  []Viewer  `json:"viewers"`
		Readings []Sitting `json:"readings" doc:"Newest first"`
	}
}

type changedOut struct{ Body Changed }

// CommentIn names a comment.
type CommentIn struct {
	ItemIn
	Comment int64 `path:"comment" minimum:"1"`
}

// AlikeItem is one of two that read alike, with its key.
type AlikeItem struct {
	ID      int64     `json:"id"`
	Version int       `json:"version"`
	Content Content   `json:"content"`
	State   State     `json:"state" enum:"draft,in_review,sent_back,approved"`
	At      time.Time `json:"at"`
	Author  string    `json:"author"`
}

// AlikeView is a pair of items that read alike.
type AlikeView struct {
	A         AlikeItem  `json:"a"`
	B         AlikeItem  `json:"b"`
	Percent   int        `json:"percent"`
	OtherKey  bool       `json:"other_key" doc:"They ask and offer the same, but another answer is right"`
	Different bool       `json:"different" doc:"Somebody has said that they are different"`
	DecidedBy string     `json:"decided_by"`
	DecidedAt *time.Time `json:"decided_at,omitempty"`
}

type alikeOut struct {
	Body struct {
		Comparison Comparison  `json:"comparison"`
		Pairs      []AlikeView `json:"pairs" doc:"The most alike first, 20 a page"`
		Total      int         `json:"total"`
	}
}

func alikeItem(i Item) AlikeItem {
	return AlikeItem{ID: i.ID, Version: i.Version.Version, Content: i.Content, State: i.State, At: i.At, Author: i.Author}
}

// reviewRoutes registers what reviewers do, and who has read keys.
func reviewRoutes(api *web.API, s *Service, base string) {
	web.Handle(api, web.Op{ID: "get-review", Method: http.MethodGet, Path: base + "/review", Summary: "How the bank is reviewed"},
		func(ctx context.Context, in *ContestIn) (*reviewOut, error) {
			r, err := s.Review(ctx, in.Contest)
			return &reviewOut{r}, err
		})
	web.Handle(api, web.Op{ID: "set-review", Method: http.MethodPut, Path: base + "/review", Summary: "Change how the bank is reviewed"},
		func(ctx context.Context, in *struct {
			ContestIn
			Body Review
		}) (*reviewOut, error) {
			r, err := s.SetReview(ctx, in.Contest, in.Body)
			return &reviewOut{r}, err
		})
	web.Handle(api, web.Op{ID: "take-item-step", Method: http.MethodPost, Path: base + "/items/{item}/steps", Summary: "Submit a question, approve it, send it back, or check its legal basis"},
		func(ctx context.Context, in *struct {
			ItemIn
			Body struct {
				Version int    `json:"version" minimum:"1" doc:"The one that was looked at"`
				Step    Step   `json:"step" enum:"submit,withdraw,approve,send_back,check"`
				Note    string `json:"note,omitempty" maxLength:"4000"`
			}
		}) (*itemOut, error) {
			return one(ctx)(s.Take(ctx, in.Contest, in.Item, in.Body.Version, in.Body.Step, in.Body.Note))
		})
	web.Handle(api, web.Op{ID: "get-item-record", Method: http.MethodGet, Path: base + "/items/{item}/record", Summary: "What was said about a question, done with it, and where it was used"},
		func(ctx context.Context, in *ItemIn) (*recordOut, error) {
			r, err := s.Record(ctx, in.Contest, in.Item)
			return &recordOut{r}, err
		})
	web.Handle(api, web.Op{ID: "comment-item", Method: http.MethodPost, Path: base + "/items/{item}/comments", Summary: "Comment on the newest version of a question"},
		func(ctx context.Context, in *struct {
			ItemIn
			Body struct {
				Body string `json:"body" minLength:"1" maxLength:"4000"`
			}
		}) (*struct{}, error) {
			return nil, s.Say(ctx, in.Contest, in.Item, in.Body.Body)
		})
	web.Handle(api, web.Op{ID: "resolve-item-comment", Method: http.MethodPut, Path: base + "/items/{item}/comments/{comment}", Summary: "Mark a comment as dealt with, or open it again"},
		func(ctx context.Context, in *struct {
			CommentIn
			Body struct {
				Resolved bool `json:"resolved"`
			}
		}) (*struct{}, error) {
			return nil, s.Resolve(ctx, in.Contest, in.Item, in.Comment, in.Body.Resolved)
		})
	web.Handle(api, web.Op{ID: "list-item-views", Method: http.MethodGet, Path: base + "/items/{item}/views", Summary: "Who has read a question with its key"},
		func(ctx context.Context, in *ItemIn) (*viewsOut, error) {
			views, err := s.Views(ctx, in.Contest, in.Item)
			out := &viewsOut{}
			out.Body.Views = views
			return out, err
		})
	web.Handle(api, web.Op{ID: "list-key-readings", Method: http.MethodGet, Path: base + "/readings", Summary: "Who has read which keys in a contest"},
		func(ctx context.Context, in *struct {
			ContestIn
			Account int64 `query:"account" minimum:"0"`
			Before  int64 `query:"before" minimum:"0" doc:"The stretch of the last row of the page before"`
		}) (*readingsOut, error) {
			viewers, readings, err := s.Readings(ctx, in.Contest, in.Account, in.Before)
			out := &readingsOut{}
			out.Body.Viewers, out.Body.Readings = viewers, readings
			return out, err
		})
	web.Handle(api, web.Op{ID: "change-items", Method: http.MethodPost, Path: base + "/changes", Summary: "Change many questions at once, or see what that would do", MaxBody: 2 << 20, Timeout: 60 * time.Second},
		func(ctx context.Context, in *struct {
			ContestIn
			Body struct {
				Items   []int64   `json:"items,omitempty" maxItems:"5000" doc:"The chosen questions; absent: all that the filter lets through"`
				Filter  *FilterIn `json:"filter,omitempty"`
				Change  Change    `json:"change"`
				Preview bool      `json:"preview" doc:"Only tell what it would do"`
			}
		}) (*changedOut, error) {
			ids, f := in.Body.Items, Filter{}
			if in.Body.Filter != nil {
				ids, f = nil, in.Body.Filter.filter()
			} else if ids == nil {
				ids = []int64{}
			}
			done, err := s.ChangeMany(ctx, in.Contest, ids, f, in.Body.Change, in.Body.Preview)
			return &changedOut{done}, err
		})
	web.Handle(api, web.Op{ID: "compare-items", Method: http.MethodPost, Path: base + "/alike", Summary: "Look for questions that read alike"},
		func(ctx context.Context, in *ContestIn) (*struct{}, error) {
			return nil, s.StartComparing(ctx, in.Contest)
		})
	web.Handle(api, web.Op{ID: "list-alike-items", Method: http.MethodGet, Path: base + "/alike", Summary: "Pairs of questions that read alike, with their keys"},
		func(ctx context.Context, in *struct {
			ContestIn
			Different bool `query:"different" doc:"Those that somebody has called different"`
			Page      int  `query:"page" minimum:"0" maximum:"1000"`
		}) (*alikeOut, error) {
			pairs, total, c, err := s.AlikeItems(ctx, in.Contest, in.Different, in.Page)
			if err != nil {
				return nil, err
			}
			out := &alikeOut{}
			out.Body.Comparison, out.Body.Total = c, total
			for _, p := range pairs {
				out.Body.Pairs = append(out.Body.Pairs, AlikeView{A: alikeItem(p.A), B: alikeItem(p.B), Percent: p.Percent, OtherKey: p.OtherKey,
					Different: p.Different, DecidedBy: p.DecidedBy, DecidedAt: p.DecidedAt})
			}
			return out, nil
		})
	web.Handle(api, web.Op{ID: "decide-alike-items", Method: http.MethodPut, Path: base + "/alike", Summary: "Say that two questions are different"},
		func(ctx context.Context, in *struct {
			ContestIn
			Body struct {
				A         int64 `json:"a" minimum:"1"`
				B         int64 `json:"b" minimum:"1"`
				Different bool  `json:"different"`
			}
		}) (*struct{}, error) {
			return nil, s.DecideAlike(ctx, in.Contest, in.Body.A, in.Body.B, in.Body.Different)
		})
}

// TopicIn names a topic.
type TopicIn struct {
	ContestIn
	Topic int64 `path:"topic" minimum:"1"`
}

// ActIn names an act.
type ActIn struct {
	ContestIn
	Act int64 `path:"act" minimum:"1"`
}

type topicsOut struct {
	Body struct {
		Topics []Topic    `json:"topics" doc:"Each one behind the one above it"`
		Tags   []TagCount `json:"tags"`
		// Loose are the active questions in no topic.
		Loose int `json:"loose"`
	}
}

// TagCount is how many active items have a tag.
type TagCount struct {
	Tag   string `json:"tag"`
	Items int    `json:"items"`
}

type actsOut struct {
	Body struct {
		Acts []Act `json:"acts" doc:"By name"`
	}
}

// placeRoutes registers topics and legal acts.
func placeRoutes(api *web.API, s *Service, base string) {
	web.Handle(api, web.Op{ID: "list-topics", Method: http.MethodGet, Path: base + "/topics", Summary: "The tree of topics and the tags, with counts"},
		func(ctx context.Context, in *ContestIn) (*topicsOut, error) {
			out := &topicsOut{}
			var err error
			if out.Body.Topics, err = s.Topics(ctx, in.Contest); err != nil {
				return nil, err
			}
			tally, err := s.Tally(ctx, in.Contest)
			if err != nil {
				return nil, err
			}
			out.Body.Loose = tally.Topics[0]
			if out.Body.Tags, err = s.Tags(ctx, in.Contest); err != nil {
				return nil, err
			}
			return out, nil
		})
	web.Handle(api, web.Op{ID: "add-topic", Method: http.MethodPost, Path: base + "/topics", Summary: "A new topic"},
		func(ctx context.Context, in *struct {
			ContestIn
			Body TopicDraft
		}) (*struct{}, error) {
			return nil, s.AddTopic(ctx, in.Contest, in.Body)
		})
	web.Handle(api, web.Op{ID: "save-topic", Method: http.MethodPut, Path: base + "/topics/{topic}", Summary: "Rename or move a topic"},
		func(ctx context.Context, in *struct {
			TopicIn
			Body TopicDraft
		}) (*struct{}, error) {
			return nil, s.SaveTopic(ctx, in.Contest, in.Topic, in.Body)
		})
	web.Handle(api, web.Op{ID: "merge-topic", Method: http.MethodPost, Path: base + "/topics/{topic}/merge", Summary: "Put a topic into another"},
		func(ctx context.Context, in *struct {
			TopicIn
			Body struct {
				Into int64 `json:"into" minimum:"1"`
			}
		}) (*struct{}, error) {
			return nil, s.MergeTopic(ctx, in.Contest, in.Topic, in.Body.Into)
		})
	web.Handle(api, web.Op{ID: "remove-topic", Method: http.MethodDelete, Path: base + "/topics/{topic}", Summary: "Remove a topic; what is in it goes to the one above"},
		func(ctx context.Context, in *TopicIn) (*struct{}, error) {
			return nil, s.RemoveTopic(ctx, in.Contest, in.Topic)
		})
	web.Handle(api, web.Op{ID: "list-acts", Method: http.MethodGet, Path: base + "/acts", Summary: "The legal acts that questions rest on"},
		func(ctx context.Context, in *ContestIn) (*actsOut, error) {
			acts, err := s.Acts(ctx, in.Contest)
			out := &actsOut{}
			out.Body.Acts = acts
			return out, err
		})
	web.Handle(api, web.Op{ID: "add-act", Method: http.MethodPost, Path: base + "/acts", Summary: "A new legal act"},
		func(ctx context.Context, in *struct {
			ContestIn
			Body ActDraft
		}) (*struct{}, error) {
			return nil, s.SaveAct(ctx, in.Contest, 0, in.Body)
		})
	web.Handle(api, web.Op{ID: "save-act", Method: http.MethodPut, Path: base + "/acts/{act}", Summary: "Change what is known of a legal act"},
		func(ctx context.Context, in *struct {
			ActIn
			Body ActDraft
		}) (*struct{}, error) {
			return nil, s.SaveAct(ctx, in.Contest, in.Act, in.Body)
		})
	web.Handle(api, web.Op{ID: "remove-act", Method: http.MethodDelete, Path: base + "/acts/{act}", Summary: "Remove an act that nothing refers to"},
		func(ctx context.Context, in *ActIn) (*struct{}, error) {
			return nil, s.RemoveAct(ctx, in.Contest, in.Act)
		})
}

// Tags counts the tags of a contest's bank; who only writes needs none of others' questions.
func (s *Service) Tags(ctx context.Context, contestID int64) ([]TagCount, error) {
	tags := []TagCount{}
	if account.From(ctx).AccountID != 0 && onlyWrites(ctx, contestID) {
		return tags, nil
	}
	bankID, err := s.contests.BankOf(ctx, contestID)
	if err != nil {
		return nil, err
	}
	rows, err := s.q.TagTally(ctx, bankID)
	for _, r := range rows {
		tags = append(tags, TagCount{r.Tag, int(r.Items)})
	}
	return tags, err
}
