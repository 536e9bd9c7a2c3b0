package bank

import (
	"context"
	"encoding/hex"
	"net/http"
	"net/url"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/web"
)

// OrganizerItem is an item as those who write and review see it: with its key. The content tells the topic and the
// difficulty that the item has now; its hash is that of the version as it was written.
type OrganizerItem struct {
	ID        int64      `json:"id"`
	Version   int        `json:"version"`
	VersionID int64      `json:"version_id" doc:"What rounds refer to"`
	Content   Content    `json:"content"`
	Hash      string     `json:"hash" doc:"SHA-256 of the version as it was written, hexadecimal"`
	Origin    string     `json:"origin" doc:"The file it came from; empty: typed in"`
	At        time.Time  `json:"at" doc:"When this version was written"`
	Author    string     `json:"author"`
	Mine      bool       `json:"mine" doc:"Whoever asks wrote this version"`
	RetiredAt *time.Time `json:"retired_at,omitempty"`
	State     State      `json:"state" enum:"draft,in_review,sent_back,approved" doc:"Of this version"`
	Approved  int        `json:"approved" doc:"The version that is drawn; 0: none yet"`
	TopicID   int64      `json:"topic_id" doc:"0: in none"`
	ActID     int64      `json:"act_id" doc:"0: it names none"`
	Tags      []string   `json:"tags"`
	CheckedAt *time.Time `json:"checked_at,omitempty" doc:"When its legal basis was looked at"`
	CheckedBy string     `json:"checked_by"`
}

// ListedItem is an item in a list: without its key.
type ListedItem struct {
	ID         int64      `json:"id"`
	Version    int        `json:"version" doc:"The version that is shown"`
	VersionID  int64      `json:"version_id"`
	Newest     int        `json:"newest" doc:"The newest version"`
	Question   Question   `json:"question" doc:"As contestants get it"`
	Difficulty Difficulty `json:"difficulty" enum:"recognition,understanding,application,high_application"`
	TopicID    int64      `json:"topic_id"`
	Topic      string     `json:"topic" doc:"Its path"`
	Tags       []string   `json:"tags"`
	Act        string     `json:"act"`
	Article    string     `json:"article"`
	State      State      `json:"state" enum:"draft,in_review,sent_back,approved" doc:"Of the newest version"`
	Approved   int        `json:"approved" doc:"The version that is drawn; 0: none yet"`
	Barred     bool       `json:"barred" doc:"Its act has lapsed, and nobody has looked at it since"`
	Comments   int        `json:"comments" doc:"Open ones"`
	Uses       []Use      `json:"uses" doc:"Newest first"`
	At         time.Time  `json:"at" doc:"When the version was written"`
	Author     string     `json:"author"`
	RetiredAt  *time.Time `json:"retired_at,omitempty"`
}

// OrganizerVersion is one version in the history of an item.
type OrganizerVersion struct {
	ID      int64     `json:"id"`
	Version int       `json:"version"`
	Content Content   `json:"content"`
	Hash    string    `json:"hash"`
	Origin  string    `json:"origin"`
	At      time.Time `json:"at"`
	Author  string    `json:"author"`
}

// TallyView counts the items in use, for the filters.
type TallyView struct {
	Active       int          `json:"active"`
	Retired      int          `json:"retired"`
	Types        []TypeCount  `json:"types"`
	Difficulties []LevelCount `json:"difficulties"`
	States       []StateCount `json:"states"`
}

// StateCount is how many active items are in a state.
type StateCount struct {
	State State `json:"state" enum:"draft,in_review,sent_back,approved"`
	Items int   `json:"items"`
}

// TypeCount is how many active items are of a type.
type TypeCount struct {
	Type  ItemType `json:"type" enum:"single,multiple,true_false,true_false_group,short_text,numeric,fill_in,ordering,matching"`
	Items int      `json:"items"`
}

// LevelCount is how many active items are of a difficulty.
type LevelCount struct {
	Difficulty Difficulty `json:"difficulty" enum:"recognition,understanding,application,high_application"`
	Items      int        `json:"items"`
}

func itemView(ctx context.Context, i Item) OrganizerItem {
	return OrganizerItem{ID: i.ID, Version: i.Version.Version, VersionID: i.Version.ID, Content: i.Content, Hash: hex.EncodeToString(i.Hash),
		Origin: i.Origin, At: i.At, Author: i.Author, Mine: i.By != 0 && i.By == account.From(ctx).AccountID, RetiredAt: i.RetiredAt,
		State: i.State, Approved: i.Approved, TopicID: i.TopicID, ActID: i.ActID, Tags: append([]string{}, i.Tags...),
		CheckedAt: i.CheckedAt, CheckedBy: i.CheckedBy}
}

func listedView(i Listed) ListedItem {
	return ListedItem{ID: i.ID, Version: i.Shown, VersionID: i.Version.ID, Newest: i.Version.Version, Question: i.Content.Question(),
		Difficulty: i.Content.Difficulty, TopicID: i.TopicID, Topic: i.Content.Topic, Tags: append([]string{}, i.Tags...),
		Act: i.Content.Source.Act, Article: i.Content.Source.Article, State: i.State, Approved: i.Approved, Barred: i.Barred,
		Comments: i.Comments, Uses: i.Uses, At: i.At, Author: i.Author, RetiredAt: i.RetiredAt}
}

func tallyView(t Tally) TallyView {
	v := TallyView{Active: t.Active, Retired: t.Retired}
	for _, x := range Types {
		v.Types = append(v.Types, TypeCount{x, t.Types[x]})
	}
	for _, x := range Difficulties {
		v.Difficulties = append(v.Difficulties, LevelCount{x, t.Difficulties[x]})
	}
	for _, x := range []State{Draft, InReview, SentBack, Approved} {
		v.States = append(v.States, StateCount{x, t.States[x]})
	}
	return v
}

type ContestIn struct {
	Contest int64 `path:"contest" minimum:"1"`
}

type ItemIn struct {
	ContestIn
	Item int64 `path:"item" minimum:"1"`
}

type itemOut struct{ Body OrganizerItem }

func one(ctx context.Context) func(Item, error) (*itemOut, error) {
	return func(i Item, err error) (*itemOut, error) { return &itemOut{Body: itemView(ctx, i)}, err }
}

// FilterIn chooses items; empty fields let everything through.
type FilterIn struct {
	Search     string     `query:"search" json:"search,omitempty" maxLength:"200"`
	Type       ItemType   `query:"type" json:"type,omitempty" enum:",single,multiple,true_false,true_false_group,short_text,numeric,fill_in,ordering,matching"`
	Difficulty Difficulty `query:"difficulty" json:"difficulty,omitempty" enum:",recognition,understanding,application,high_application"`
	Topic      int64      `query:"topic" json:"topic,omitempty" minimum:"-1" doc:"With its branches; -1: those in none"`
	State      State      `query:"state" json:"state,omitempty" enum:",draft,in_review,sent_back,approved" doc:"Of the newest version"`
	Look       Look       `query:"look" json:"look,omitempty" enum:",barred,unchecked,commented" doc:"What calls for attention: a lapsed act, a legal basis looked at long ago, an open comment"`
	Tag        string     `query:"tag" json:"tag,omitempty" maxLength:"60"`
	Act        int64      `query:"act" json:"act,omitempty" minimum:"0"`
	Used       string     `query:"used" json:"used,omitempty" enum:",never,ever,not_since"`
	Since      string     `query:"since" json:"since,omitempty" pattern:"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$" doc:"For used=not_since"`
	Retired    bool       `query:"retired" json:"retired,omitempty"`
}

func (in FilterIn) filter() Filter {
	f := Filter{Search: in.Search, Type: in.Type, Difficulty: in.Difficulty, TopicID: in.Topic, State: in.State, Look: in.Look, Tag: in.Tag,
		ActID: in.Act, Use: in.Used, Retired: in.Retired}
	if _, begin, ok := day(in.Since); ok && begin != nil {
		f.Since = *begin
	}
	return f
}

type listIn struct {
	ContestIn
	FilterIn
	Offered bool  `query:"offered" doc:"Only what may be put into a round, in the version that would be"`
	After   int64 `query:"after" minimum:"0" doc:"The last question of the page before"`
	Size    int   `query:"size" minimum:"1" maximum:"200" default:"50"`
}

type listOut struct {
	Body struct {
		Items []ListedItem `json:"items"`
		Total int          `json:"total" doc:"Of all pages"`
		More  bool         `json:"more" doc:"There is a page behind this one"`
		Tally TallyView    `json:"tally"`
	}
}

// Routes registers the bank's operations.
func Routes(api *web.API, s *Service) {
	const base = "/api/organizer/contests/{contest}/bank"
	web.Handle(api, web.Op{ID: "list-items", Method: http.MethodGet, Path: base + "/items", Summary: "Questions of the bank without their keys, filtered, with counts"},
		func(ctx context.Context, in *listIn) (*listOut, error) {
			f := in.filter()
			f.Offered, f.After, f.Size = in.Offered, in.After, in.Size
			page, err := s.List(ctx, in.Contest, f)
			if err != nil {
				return nil, err
			}
			tally, err := s.Tally(ctx, in.Contest)
			if err != nil {
				return nil, err
			}
			out := &listOut{}
			out.Body.Total, out.Body.More, out.Body.Tally = page.Total, page.More, tallyView(tally)
			out.Body.Items = make([]ListedItem, 0, len(page.Items))
			for _, i := range page.Items {
				out.Body.Items = append(out.Body.Items, listedView(i))
			}
			return out, nil
		})
	web.Handle(api, web.Op{ID: "create-item", Method: http.MethodPost, Path: base + "/items", Summary: "A new question", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			ContestIn
			Body struct {
				Content Content `json:"content"`
			}
		}) (*itemOut, error) {
			return one(ctx)(s.Create(ctx, in.Contest, in.Body.Content))
		})
	web.Handle(api, web.Op{ID: "get-item", Method: http.MethodGet, Path: base + "/items/{item}", Summary: "A question with its key"},
		func(ctx context.Context, in *ItemIn) (*itemOut, error) {
			return one(ctx)(s.Get(ctx, in.Contest, in.Item))
		})
	web.Handle(api, web.Op{ID: "edit-item", Method: http.MethodPut, Path: base + "/items/{item}", Summary: "A new version of a question"},
		func(ctx context.Context, in *struct {
			ItemIn
			Body struct {
				Version int     `json:"version" minimum:"1" doc:"The one that was read"`
				Content Content `json:"content"`
			}
		}) (*itemOut, error) {
			return one(ctx)(s.Edit(ctx, in.Contest, in.Item, in.Body.Version, in.Body.Content))
		})
	web.Handle(api, web.Op{ID: "retire-item", Method: http.MethodPut, Path: base + "/items/{item}/retired", Summary: "Put a question away, or bring it back"},
		func(ctx context.Context, in *struct {
			ItemIn
			Body struct {
				Retired bool `json:"retired"`
			}
		}) (*itemOut, error) {
			return one(ctx)(s.Retire(ctx, in.Contest, in.Item, in.Body.Retired))
		})
	web.Handle(api, web.Op{ID: "preview-item", Method: http.MethodGet, Path: base + "/items/{item}/question", Summary: "The question as a contestant gets it"},
		func(ctx context.Context, in *ItemIn) (*struct{ Body Question }, error) {
			i, err := s.Get(ctx, in.Contest, in.Item)
			return &struct{ Body Question }{i.Content.Question()}, err
		})
	web.Handle(api, web.Op{ID: "list-item-versions", Method: http.MethodGet, Path: base + "/items/{item}/versions", Summary: "All versions of a question"},
		func(ctx context.Context, in *ItemIn) (*versionsOut, error) {
			versions, err := s.History(ctx, in.Contest, in.Item)
			if err != nil {
				return nil, err
			}
			out := &versionsOut{}
			for _, v := range versions {
				out.Body.Versions = append(out.Body.Versions, OrganizerVersion{ID: v.ID, Version: v.Version, Content: v.Content,
					Hash: hex.EncodeToString(v.Hash), Origin: v.Origin, At: v.At, Author: v.Author})
			}
			return out, nil
		})
	fileRoutes(api, s, base)
	reviewRoutes(api, s, base)
	placeRoutes(api, s, base)
	uploadRoutes(api, s, base)
}

type versionsOut struct {
	Body struct {
		Versions []OrganizerVersion `json:"versions" doc:"Newest first"`
	}
}

type previewOut struct{ Body Preview }

type ImportIn struct {
	ContestIn
	Import string `path:"import" pattern:"^[0-9a-f]{32}$"`
}

type downloadOut struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// ExportIn chooses a format and what goes into the file.
type ExportIn struct {
	ContestIn
	Format Format `query:"format" enum:"xlsx,docx,gift,aiken,moodle,qti21,qti30" required:"true"`
	Topic  int64  `query:"topic" minimum:"0" doc:"Only this topic, with its branches"`
	Sample bool   `query:"sample" doc:"A small file that shows how to write questions, instead of the bank"`
}

func (in *ExportIn) exported(ctx context.Context) Exported {
	return Exported{Format: in.Format, TopicID: in.Topic, Sample: in.Sample, Locale: account.From(ctx).Locale}
}

type lossesOut struct {
	Body struct {
		Items  int    `json:"items" doc:"How many questions there are to write"`
		Losses []Loss `json:"losses"`
	}
}

var exportTypes = map[Format]string{
	XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	GIFT: "text/plain; charset=utf-8", Aiken: "text/plain; charset=utf-8", Moodle: "application/xml; charset=utf-8",
	QTI21: "application/zip", QTI30: "application/zip",
}

var errNoFile = fault.New(fault.Invalid, "import_no_file",
	"Chưa nhận được tệp nào. Hãy chọn tệp rồi gửi lại.", "No file arrived. Choose a file and send it again.")

// fileRoutes registers pictures, imports and exports.
func fileRoutes(api *web.API, s *Service, base string) {
	web.Handle(api, web.Op{ID: "upload-item-image", Method: http.MethodPost, Path: base + "/images", Summary: "Upload a picture for a question", MaxBody: 20 << 20, Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			ContestIn
			RawBody []byte `contentType:"application/octet-stream"`
		}) (*struct{ Body Image }, error) {
			image, err := s.UploadImage(ctx, in.Contest, in.RawBody)
			return &struct{ Body Image }{image}, err
		})
	web.Handle(api, web.Op{ID: "read-import", Method: http.MethodPost, Path: base + "/imports", Summary: "Read a file of questions in any of the formats; nothing is saved before it is confirmed", MaxBody: MaxFileSize + 1<<10, Timeout: 90 * time.Second, Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			ContestIn
			Name    string `query:"name" maxLength:"300"`
			RawBody []byte `contentType:"application/octet-stream"`
		}) (*previewOut, error) {
			if len(in.RawBody) == 0 {
				return nil, errNoFile
			}
			p, err := s.ReadFile(ctx, in.Contest, in.Name, in.RawBody)
			return &previewOut{Body: p}, err
		})
	web.Handle(api, web.Op{ID: "get-import", Method: http.MethodGet, Path: base + "/imports/{import}", Summary: "A read file that waits to be confirmed"},
		func(ctx context.Context, in *ImportIn) (*previewOut, error) {
			p, err := s.Preview(ctx, in.Contest, in.Import)
			return &previewOut{Body: p}, err
		})
	web.Handle(api, web.Op{ID: "confirm-import", Method: http.MethodPost, Path: base + "/imports/{import}/confirm", Summary: "Import the chosen questions", MaxBody: 8 << 20, Timeout: 90 * time.Second},
		func(ctx context.Context, in *struct {
			ImportIn
			Body struct {
				Rows []ChosenRow `json:"rows" maxItems:"2000"`
			}
		}) (*struct{ Body Imported }, error) {
			done, err := s.Confirm(ctx, in.Contest, in.Import, in.Body.Rows)
			return &struct{ Body Imported }{done}, err
		})
	web.Handle(api, web.Op{ID: "discard-import", Method: http.MethodDelete, Path: base + "/imports/{import}", Summary: "Throw a read file away"},
		func(ctx context.Context, in *ImportIn) (*struct{}, error) {
			return nil, s.Discard(ctx, in.Contest, in.Import)
		})
	web.Handle(api, web.Op{ID: "export-bank", Method: http.MethodGet, Path: base + "/export", Summary: "The bank as a file", Timeout: 90 * time.Second},
		func(ctx context.Context, in *ExportIn) (*downloadOut, error) {
			name, data, err := s.Export(ctx, in.Contest, in.exported(ctx))
			if err != nil {
				return nil, err
			}
			return &downloadOut{ContentType: exportTypes[in.Format], Disposition: "attachment; filename*=UTF-8''" + url.PathEscape(name), Body: data}, nil
		})
	web.Handle(api, web.Op{ID: "preview-export", Method: http.MethodGet, Path: base + "/export/losses", Summary: "What a format would not carry of the bank", Timeout: 60 * time.Second},
		func(ctx context.Context, in *ExportIn) (*lossesOut, error) {
			out := &lossesOut{}
			n, losses, err := s.Losses(ctx, in.Contest, in.exported(ctx))
			if err != nil {
				return nil, err
			}
			out.Body.Items, out.Body.Losses = n, append([]Loss{}, losses...)
			return out, nil
		})
}
