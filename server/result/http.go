package result

import (
	"bytes"
	"context"
	"encoding/hex"
	"net/http"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/web"
)

// AudienceView is a final result as everybody sees it: no members of persons' entries beyond their names, no marks.
type AudienceView struct {
	Revision      int                `json:"revision"`
	AtUs          int64              `json:"at_us"`
	Seal          string             `json:"seal" doc:"Mã niêm phong: short form of the snapshot's hash"`
	Hash          string             `json:"hash" doc:"SHA-256 of the snapshot"`
	Reason        string             `json:"reason" doc:"Of a correction"`
	Name          string             `json:"name"`
	OrganizerName string             `json:"organizer_name"`
	TieBreakers   []string           `json:"tie_breakers"`
	Divisions     []contest.Division `json:"divisions"`
	Rounds        []SnapshotRound    `json:"rounds"`
	Standings     []Standing         `json:"standings"`
	Awards        []Given            `json:"awards"`
	SidePrizes    []SidePrize        `json:"side_prizes"`
	Cuts          []CutLine          `json:"cuts" doc:"Where the lines of promotions run through the standings"`
	Ties          []ResolvedTie      `json:"ties" doc:"How ties were resolved, the oldest decision first"`
	History       []RevisionView     `json:"history" doc:"Every revision, the first one first; without who made it"`
}

// OrganizerView is what the results page of the organizers shows.
type OrganizerView struct {
	State      contest.State      `json:"state" enum:"draft,open,running,ended,finalized,archived"`
	InputsHash string             `json:"inputs_hash" doc:"Send it back to finalize exactly what was shown"`
	Standings  []Standing         `json:"standings"`
	Awards     []Given            `json:"awards"`
	SidePrizes []SidePrize        `json:"side_prizes"`
	Rounds     []SnapshotRound    `json:"rounds"`
	Divisions  []contest.Division `json:"divisions"`
	Cuts       []CutLine          `json:"cuts" doc:"Where the lines of promotions run through the standings"`
	Ties       []ResolvedTie      `json:"ties" doc:"How ties were resolved, the oldest decision first"`
	Problems   []Problem          `json:"problems"`
	Changes    []Change           `json:"changes" doc:"Against the newest revision"`
	Revisions  []RevisionView     `json:"revisions"`
	Told       bool               `json:"told" doc:"The public may read the newest revision; false: nothing is final, or it waits to be told"`
}

// RevisionView is one line of the history.
type RevisionView struct {
	Revision int      `json:"revision"`
	AtUs     int64    `json:"at_us"`
	Actor    string   `json:"actor" doc:"Empty for the public"`
	Reason   string   `json:"reason"`
	Seal     string   `json:"seal"`
	Changes  []Change `json:"changes" doc:"Against the revision before"`
}

// history tells how a result came to be what it is.
func history(revisions []Revision) []RevisionView {
	views := make([]RevisionView, 0, len(revisions))
	for i, r := range revisions {
		v := RevisionView{Revision: r.Snapshot.Revision, AtUs: r.AtUs, Actor: r.Actor, Reason: r.Snapshot.Reason, Seal: Seal(r.Hash), Changes: []Change{}}
		if i > 0 {
			v.Changes = compareSnapshots(revisions[i-1].Snapshot, r.Snapshot)
		}
		views = append(views, v)
	}
	return views
}

func audienceView(revisions []Revision) AudienceView {
	r := revisions[len(revisions)-1]
	s := r.Snapshot
	past := history(revisions)
	for i := range past {
		past[i].Actor = ""
	}
	return AudienceView{Revision: s.Revision, AtUs: r.AtUs, Seal: Seal(r.Hash), Hash: hex.EncodeToString(r.Hash), Reason: s.Reason,
		Name: s.Name, OrganizerName: s.OrganizerName, TieBreakers: s.TieBreakers, Divisions: s.Divisions, Rounds: s.Rounds, Standings: s.Standings,
		Awards: orNone(s.Awards), SidePrizes: orNone(s.SidePrizes), Cuts: s.Cuts(), Ties: []ResolvedTie{}, History: past}
}

// orNone is an empty list for one that is missing.
func orNone[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Final is the final result of a contest that the public may see.
func (s *Service) Final(ctx context.Context, slug string) (AudienceView, error) {
	c, err := s.contests.Visible(ctx, slug)
	if err != nil {
		return AudienceView{}, err
	}
	revisions, err := s.Published(ctx, c.ID)
	if err == nil && len(revisions) == 0 {
		return AudienceView{}, notFinal
	}
	if err != nil {
		return AudienceView{}, err
	}
	v := audienceView(revisions)
	v.Ties, err = s.ties(ctx, revisions[len(revisions)-1].Snapshot)
	return v, err
}

var notFinal = fault.New(fault.NotFound, "not_final",
	"Kết quả chính thức chưa được công bố.", "There is no final result yet.")

// Routes registers the operations of results.
func Routes(api *web.API, s *Service) {
	type finalOut struct{ Body AudienceView }
	web.Handle(api, web.Op{ID: "get-results", Method: http.MethodGet, Path: "/api/audience/contests/{slug}/results", Summary: "The final result"},
		func(ctx context.Context, in *struct {
			Slug string `path:"slug" maxLength:"60"`
		}) (*finalOut, error) {
			v, err := s.Final(ctx, in.Slug)
			return &finalOut{Body: v}, err
		})
	const base = "/api/organizer/contests/{contest}/results"
	type previewOut struct{ Body OrganizerView }
	web.Handle(api, web.Op{ID: "preview-results", Method: http.MethodGet, Path: base, Summary: "What finalizing would do now, and the history"},
		func(ctx context.Context, in *contest.In) (*previewOut, error) {
			v, err := s.organizerView(ctx, in.Contest)
			return &previewOut{Body: v}, err
		})
	web.Handle(api, web.Op{ID: "finalize-results", Method: http.MethodPost, Path: base, Summary: "Make the standings final, or correct the final result"},
		func(ctx context.Context, in *struct {
			contest.In
			Body struct {
				InputsHash string `json:"inputs_hash" pattern:"^[0-9a-f]{64}$"`
				Reason     string `json:"reason,omitempty" maxLength:"1000" doc:"Needed for a correction"`
			}
		}) (*previewOut, error) {
			hash, err := hex.DecodeString(in.Body.InputsHash)
			if err != nil {
				return nil, resultsMoved
			}
			if _, err := s.Finalize(ctx, in.Contest, hash, in.Body.Reason); err != nil {
				return nil, err
			}
			v, err := s.organizerView(ctx, in.Contest)
			return &previewOut{Body: v}, err
		})
	web.Handle(api, web.Op{ID: "tell-results", Method: http.MethodPost, Path: base + "/telling", Summary: "Make a final result that was kept back public, all at once"},
		func(ctx context.Context, in *contest.In) (*previewOut, error) {
			if err := s.Tell(ctx, in.Contest); err != nil {
				return nil, err
			}
			v, err := s.organizerView(ctx, in.Contest)
			return &previewOut{Body: v}, err
		})
	awardRoutes(api, s)
	minutesRoutes(api, s, base)
	web.Handle(api, web.Op{ID: "export-results", Method: http.MethodGet, Path: base + "/xlsx", Summary: "The standings as a workbook"},
		func(ctx context.Context, in *contest.In) (*web.Download, error) {
			body, name, err := s.workbook(ctx, in.Contest, account.From(ctx).Locale)
			if err != nil {
				return nil, err
			}
			return web.NewDownload(name, web.XLSX, body), nil
		})
}

func (s *Service) organizerView(ctx context.Context, contestID int64) (OrganizerView, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return OrganizerView{}, err
	}
	p, err := s.compute(ctx, c)
	if err != nil {
		return OrganizerView{}, err
	}
	revisions, err := s.Revisions(ctx, contestID, false)
	v := OrganizerView{State: c.State, InputsHash: hex.EncodeToString(p.InputsHash), Standings: p.Snapshot.Standings,
		Rounds: p.Snapshot.Rounds, Divisions: p.Snapshot.Divisions, Problems: p.Problems, Changes: p.Changes,
		Awards: orNone(p.Snapshot.Awards), SidePrizes: orNone(p.Snapshot.SidePrizes), Cuts: p.Snapshot.Cuts(), Revisions: history(revisions)}
	if err != nil {
		return v, err
	}
	if v.Ties, err = s.ties(ctx, p.Snapshot); err != nil {
		return v, err
	}
	v.Told, err = s.Told(ctx, contestID)
	return v, err
}

// workbook writes the final standings; before they are final, the provisional ones with a mark that says so.
func (s *Service) workbook(ctx context.Context, contestID int64, locale string) ([]byte, string, error) {
	r, err := s.newest(ctx, contestID)
	if err != nil {
		return nil, "", err
	}
	var out bytes.Buffer
	if r != nil {
		err = writeWorkbook(&out, r.Snapshot, Seal(r.Hash), locale)
		return out.Bytes(), "ket-qua-" + r.Snapshot.Slug + ".xlsx", err
	}
	p, err := s.Preview(ctx, contestID)
	if err != nil {
		return nil, "", err
	}
	err = writeWorkbook(&out, p.Snapshot, "", locale)
	return out.Bytes(), "tam-tinh-" + p.Snapshot.Slug + ".xlsx", err
}
