package stage

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/stage/stagedb"
)

// SetupItem is a line of the timeline before the start.
type SetupItem struct {
	ID        int64  `json:"id" doc:"Changes whenever the timeline is saved"`
	VersionID int64  `json:"version_id"`
	Points    *int64 `json:"points,omitempty" doc:"Hundredths of a point; none: the round's"`
	DurationS *int64 `json:"duration_s,omitempty" doc:"Seconds; none: the round's"`
	Reserve   bool   `json:"reserve" doc:"Only played in the place of another item"`
}

// Setup is a round before its start.
type Setup struct {
	Round    contest.Round
	Version  int64
	Phase    Phase
	Settings Settings
	Items    []SetupItem
	// Contents are the items' versions, by id.
	Contents map[int64]Version
}

var (
	errSetupChanged = conflict("setup_changed",
		"Thiết lập vừa được người khác sửa, hoặc vòng thi đã bắt đầu. Tải lại rồi sửa tiếp.",
		"Somebody else has just changed this, or the round has started. Reload, then go on.")
	errNotStage = fault.New(fault.NotFound, "not_a_stage_round", "Vòng thi này không phải vòng thi sân khấu.", "This round is not a host-led one.")
)

func settingsOf(r stagedb.StageRound) Settings {
	return Settings{Scoring: Scoring(r.Scoring), Points: r.Points, WrongLoss: r.WrongLoss, DurationS: r.DurationS, GraceMs: r.GraceMs,
		ShowTime: r.ShowTime, ShowBoard: r.ShowBoard, AutoAdvance: r.AutoAdvance, OpenAfterS: r.OpenAfterS,
		RevealAfter: r.RevealAfterS, NextAfterS: r.NextAfterS}
}

func setupItemsOf(rows []stagedb.StageItem) []SetupItem {
	items := make([]SetupItem, 0, len(rows))
	for _, r := range rows {
		items = append(items, SetupItem{ID: r.ID, VersionID: r.ItemVersionID, Points: r.Points, DurationS: r.DurationS, Reserve: r.Reserve})
	}
	return items
}

// frozenItems fills in what the lines of a timeline leave to the round.
func frozenItems(s Settings, items []SetupItem) []Item {
	frozen := make([]Item, 0, len(items))
	for _, it := range items {
		f := Item{ID: it.ID, VersionID: it.VersionID, Points: s.Points, DurationUs: s.DurationS * 1_000_000, Reserve: it.Reserve}
		if it.Points != nil {
			f.Points = *it.Points
		}
		if it.DurationS != nil {
			f.DurationUs = *it.DurationS * 1_000_000
		}
		frozen = append(frozen, f)
	}
	return frozen
}

// Setup reads a round of a contest before its start.
func (s *Service) Setup(ctx context.Context, contestID, roundID int64) (Setup, error) {
	round, err := s.cfg.Contests.Round(ctx, contestID, roundID)
	if err != nil {
		return Setup{}, err
	}
	row, err := s.q.Round(ctx, roundID)
	if errors.Is(err, pgx.ErrNoRows) {
		return Setup{}, errNotStage
	}
	if err != nil {
		return Setup{}, postgres.Fault(err)
	}
	items, err := s.q.Items(ctx, roundID)
	if err != nil {
		return Setup{}, postgres.Fault(err)
	}
	setup := Setup{Round: round, Version: row.Version, Phase: Phase(row.Phase), Settings: settingsOf(row), Items: setupItemsOf(items)}
	setup.Contents, err = s.contentsOf(ctx, contestID, setup.Items)
	return setup, err
}

func (s *Service) contentsOf(ctx context.Context, contestID int64, items []SetupItem) (map[int64]Version, error) {
	contents := make(map[int64]Version, len(items))
	if len(items) == 0 {
		return contents, nil
	}
	c, err := s.cfg.Contests.Get(ctx, contestID)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(items))
	for i := range items {
		ids[i] = items[i].VersionID
	}
	versions, err := s.cfg.Bank.ItemVersions(ctx, c.BankID, ids)
	if err != nil {
		return nil, err
	}
	for _, v := range versions {
		contents[v.ID] = v
	}
	return contents, nil
}

// SaveSettings changes the rules of a round that has not started. version is the one the organizer saw.
func (s *Service) SaveSettings(ctx context.Context, contestID, roundID, version int64, settings Settings) (Setup, error) {
	if f := CheckSettings(settings); f != nil {
		return Setup{}, f
	}
	if err := s.setUpOpen(ctx, contestID); err != nil {
		return Setup{}, err
	}
	before, err := s.Setup(ctx, contestID, roundID)
	if err != nil {
		return Setup{}, err
	}
	err = postgres.InTxRetry(ctx, s.cfg.DB, func(tx pgx.Tx) error {
		n, err := s.q.WithTx(tx).SaveSettings(ctx, stagedb.SaveSettingsParams{RoundID: roundID, Version: version,
			Scoring: string(settings.Scoring), Points: settings.Points, WrongLoss: settings.WrongLoss, DurationS: settings.DurationS,
			GraceMs: settings.GraceMs, ShowTime: settings.ShowTime, ShowBoard: settings.ShowBoard, AutoAdvance: settings.AutoAdvance,
			OpenAfterS: settings.OpenAfterS, RevealAfterS: settings.RevealAfter, NextAfterS: settings.NextAfterS})
		if err != nil {
			return err
		}
		if n == 0 {
			return errSetupChanged
		}
		if err := s.cfg.Contests.SetRoundMaxScore(ctx, tx, roundID, maxScore(frozenItems(settings, before.Items))); err != nil {
			return err
		}
		return audit.Append(ctx, tx, contestID, "stage.settings", map[string]any{"round": roundID, "settings": settings})
	})
	return s.saved(ctx, contestID, roundID, err)
}

// SaveItems sets the timeline of a round that has not started.
func (s *Service) SaveItems(ctx context.Context, contestID, roundID, version int64, items []SetupItem) (Setup, error) {
	if err := s.setUpOpen(ctx, contestID); err != nil {
		return Setup{}, err
	}
	before, err := s.Setup(ctx, contestID, roundID)
	if err != nil {
		return Setup{}, err
	}
	if err := s.checkItems(ctx, contestID, before.Items, items); err != nil {
		return Setup{}, err
	}
	phase := PhasePlanned
	if len(items) > 0 {
		phase = PhaseReady
	}
	err = postgres.InTxRetry(ctx, s.cfg.DB, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		n, err := q.TouchSetup(ctx, stagedb.TouchSetupParams{RoundID: roundID, Version: version, Phase: string(phase)})
		if err != nil {
			return err
		}
		if n == 0 {
			return errSetupChanged
		}
		if err := q.DeleteItems(ctx, roundID); err != nil {
			return err
		}
		versions := make([]int64, len(items))
		for i, it := range items {
			versions[i] = it.VersionID
			if _, err := q.AddItem(ctx, stagedb.AddItemParams{RoundID: roundID, Position: int32(i + 1), ItemVersionID: it.VersionID,
				Points: it.Points, DurationS: it.DurationS, Reserve: it.Reserve}); err != nil {
				return err
			}
		}
		if err := s.cfg.Contests.SetRoundState(ctx, tx, roundID, contest.RoundState(phase)); err != nil {
			return err
		}
		if err := s.cfg.Contests.SetRoundMaxScore(ctx, tx, roundID, maxScore(frozenItems(before.Settings, items))); err != nil {
			return err
		}
		return audit.Append(ctx, tx, contestID, "stage.items", map[string]any{"round": roundID, "versions": versions})
	})
	return s.saved(ctx, contestID, roundID, err)
}

// setUpOpen refuses changes once the contest is over: also what a round that never took place was set to belongs to the
// inputs that a result was made from.
func (s *Service) setUpOpen(ctx context.Context, contestID int64) error {
	c, err := s.cfg.Contests.Get(ctx, contestID)
	if err != nil {
		return err
	}
	switch c.State {
	case contest.Ended, contest.Finalized, contest.Archived:
		return errContestOver
	case contest.Draft, contest.Open, contest.Running:
	}
	return nil
}

func (s *Service) saved(ctx context.Context, contestID, roundID int64, err error) (Setup, error) {
	if err != nil {
		return Setup{}, postgres.Fault(err)
	}
	if s.cfg.Relay != nil {
		s.cfg.Relay.Hint(hintRound, strconv.FormatInt(roundID, 10))
	}
	s.heardRound(hintRound, strconv.FormatInt(roundID, 10))
	return s.Setup(ctx, contestID, roundID)
}

// checkItems makes sure that each line can be played and scored, before the evening.
func (s *Service) checkItems(ctx context.Context, contestID int64, before, items []SetupItem) error {
	if len(items) > MaxItems {
		return errTimeline.At("items", fmt.Sprintf("Nhiều nhất %d câu.", MaxItems), fmt.Sprintf("At most %d items.", MaxItems))
	}
	contents, err := s.contentsOf(ctx, contestID, items)
	if err != nil {
		return err
	}
	f := errTimeline
	used, had := make(map[int64]bool, len(items)), make(map[int64]bool, len(before))
	for _, it := range before {
		had[it.VersionID] = true // what stands in the round is the organizers' to keep
	}
	for i, it := range items {
		path := fmt.Sprintf("items[%d]", i)
		v, ok := contents[it.VersionID]
		if !ok {
			f = f.At(path, "Câu hỏi này không có trong ngân hàng của hội thi.", "This item is not in the contest's bank.")
			continue
		}
		if used[v.ItemID] {
			f = f.At(path, "Câu hỏi này đã có trong vòng thi.", "This item is in the round already.")
		}
		used[v.ItemID] = true
		if words, barred := bars[v.Bar]; barred && !had[v.ID] {
			f = f.At(path, words[0], words[1])
		}
		if _, err := v.Content.ScoringKey(); err != nil {
			f = f.At(path, "Đáp án của câu hỏi này chưa dùng để chấm được.", "The key of this item can't be used for scoring yet.").Because(err)
		}
		if it.Points != nil && (*it.Points < 0 || *it.Points > 10_000_000) {
			f = f.At(path+".points", "Điểm từ 0 đến 100.000.", "Points are between 0 and 100,000.")
		}
		if it.DurationS != nil && (*it.DurationS < 3 || *it.DurationS > 3600) {
			f = f.At(path+".duration_s", "Thời gian từ 3 giây đến 1 giờ.", "The time is between 3 seconds and 1 hour.")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// SetUp gives a new round its settings; it is what the room of contests asks of a kind of round.
func (s *Service) SetUp(ctx context.Context, tx pgx.Tx, round contest.Round, spec contest.RoundSpec) error {
	settings := DefaultSettings()
	if spec.Quiz.Points > 0 {
		settings.Points = spec.Quiz.Points
	}
	if spec.Quiz.Seconds > 0 {
		settings.DurationS = int64(spec.Quiz.Seconds)
	}
	if spec.Quiz.BySpeed {
		settings.Scoring = ScoringSpeed
	}
	if f := CheckSettings(settings); f != nil {
		return f
	}
	return s.q.WithTx(tx).CreateRound(ctx, stagedb.CreateRoundParams{RoundID: round.ID, Scoring: string(settings.Scoring),
		Points: settings.Points, WrongLoss: settings.WrongLoss, DurationS: settings.DurationS, GraceMs: settings.GraceMs,
		ShowTime: settings.ShowTime, ShowBoard: settings.ShowBoard, AutoAdvance: settings.AutoAdvance,
		OpenAfterS: settings.OpenAfterS, RevealAfterS: settings.RevealAfter, NextAfterS: settings.NextAfterS})
}

// Copy gives a new round the settings and the timeline of another one, but nothing of what happened in it.
func (s *Service) Copy(ctx context.Context, tx pgx.Tx, from, to contest.Round) error {
	q := s.q.WithTx(tx)
	n, err := q.CopyRound(ctx, stagedb.CopyRoundParams{FromRound: from.ID, ToRound: to.ID})
	if err != nil {
		return err
	}
	if n == 0 {
		return errNotStage
	}
	if err := q.CopyItems(ctx, stagedb.CopyItemsParams{FromRound: from.ID, ToRound: to.ID}); err != nil {
		return err
	}
	row, err := q.Round(ctx, to.ID)
	if err != nil {
		return err
	}
	items, err := q.Items(ctx, to.ID)
	if err != nil {
		return err
	}
	if err := s.cfg.Contests.SetRoundMaxScore(ctx, tx, to.ID, maxScore(frozenItems(settingsOf(row), setupItemsOf(items)))); err != nil {
		return err
	}
	return s.cfg.Contests.SetRoundState(ctx, tx, to.ID, contest.RoundState(row.Phase))
}

// Missing lists what a round still needs.
func (s *Service) Missing(ctx context.Context, round contest.Round) ([]contest.Missing, error) {
	items, err := s.q.Items(ctx, round.ID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	normal := 0
	for _, it := range items {
		if !it.Reserve {
			normal++
		}
	}
	reserve := len(items) - normal
	return []contest.Missing{
		{Code: "round_items", Done: normal > 0, Blocks: contest.Running, RoundID: round.ID,
			Vi: fmt.Sprintf("%s: chọn câu hỏi (đã có %d câu)", round.Name, normal),
			En: fmt.Sprintf("%s: choose the items (%d so far)", round.Name, normal)},
		{Code: "round_reserve", Done: reserve > 0, RoundID: round.ID,
			Vi: fmt.Sprintf("%s: nên có ít nhất một câu dự phòng", round.Name),
			En: fmt.Sprintf("%s: better have at least one reserve item", round.Name)},
	}, nil
}

// question gives what a list of the timeline shows of an item.
func (v Version) question() bank.Question { return v.Content.Question() }

// bars are why an item can't be put into a round.
var bars = map[Bar][2]string{
	"retired":    {"Câu hỏi này đã ngừng dùng.", "This item is retired."},
	"unapproved": {"Phiên bản này của câu hỏi chưa được duyệt.", "This version of the item is not approved."},
	"lapsed":     {"Căn cứ của câu hỏi đã thay thế hoặc hết hiệu lực: cần rà soát trước khi dùng.", "The act that this item rests on has lapsed: it must be checked before it is used."},
}
