package stage

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/stage/stagedb"
)

var (
	errOtherDevice = conflict("other_device",
		"Thí sinh này đang trả lời trên thiết bị khác. Hãy bấm \"Chuyển máy\" trên thiết bị đó, hoặc nhờ Ban Tổ chức cho chuyển. Câu đã lưu không mất.",
		"This entry answers on another device. Choose \"Hand over\" there, or ask the organizers to allow it. Nothing that was saved is lost.")
	errNotInRound = fault.New(fault.Forbidden, "not_in_round",
		"Thí sinh này không có trong danh sách của vòng thi. Hãy hỏi Ban Tổ chức.",
		"This entry is not on the list of the round. Please ask the organizers.")
	errNobodyAnswers = fault.New(fault.NotFound, "no_device",
		"Chưa có thiết bị nào trả lời cho thí sinh này.", "No device answers for this entry yet.")
)

// deviceAsk is a claim of the right to answer for an entry, or the news that its device has gone. Both go through one
// lane, so that a quick return is never overtaken by the news of the leaving.
type deviceAsk struct {
	entryID  int64
	deviceID int64
	keep     int32 // the writer number that the device already has; 0: none
	gone     bool
}

// sockets counts the open sockets of each device of a round on this node.
type sockets struct {
	mu sync.Mutex
	n  map[[2]int64]int
}

func (s *sockets) add(entryID, deviceID int64, by int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.n == nil {
		s.n = map[[2]int64]int{}
	}
	key := [2]int64{entryID, deviceID}
	n := s.n[key] + by
	if n <= 0 {
		delete(s.n, key)
		return 0
	}
	s.n[key] = n
	return n
}

// flushDevices settles claims and leavings, each entry in the order in which they came.
func (r *room) flushDevices(batch []deviceAsk) []reply[int32] {
	replies := make([]reply[int32], len(batch))
	left := make([]int, len(batch))
	for i := range left {
		left[i] = i
	}
	for len(left) > 0 {
		var now, later []int
		seen := map[int64]bool{}
		for _, i := range left {
			if seen[batch[i].entryID] {
				later = append(later, i)
				continue
			}
			seen[batch[i].entryID] = true
			now = append(now, i)
		}
		if err := r.settle(batch, now, replies); err != nil {
			for _, i := range now {
				replies[i].Err = postgres.Fault(err)
			}
		}
		left = later
	}
	return replies
}

func (r *room) settle(batch []deviceAsk, now []int, replies []reply[int32]) error {
	ctx, cancel := context.WithTimeout(r.s.ctx, 10*time.Second)
	defer cancel()
	var gone stagedb.DisconnectParams
	var keep stagedb.KeepParams
	var claim stagedb.ClaimParams
	at := make(map[int64]int, len(now))
	for _, i := range now {
		ask := batch[i]
		at[ask.entryID] = i
		switch {
		case ask.gone:
			if r.sockets.add(ask.entryID, ask.deviceID, 0) == 0 {
				gone.EntryIds, gone.DeviceIds = append(gone.EntryIds, ask.entryID), append(gone.DeviceIds, ask.deviceID)
			}
		case ask.keep > 0:
			keep.EntryIds, keep.DeviceIds = append(keep.EntryIds, ask.entryID), append(keep.DeviceIds, ask.deviceID)
			keep.Keeps = append(keep.Keeps, ask.keep)
		default:
			claim.EntryIds, claim.DeviceIds = append(claim.EntryIds, ask.entryID), append(claim.DeviceIds, ask.deviceID)
		}
	}
	if len(gone.EntryIds) > 0 {
		gone.RoundID, gone.Node = r.id, r.s.cfg.Node
		if err := r.s.q.Disconnect(ctx, gone); err != nil {
			return err
		}
	}
	if len(keep.EntryIds) > 0 {
		keep.RoundID, keep.Node = r.id, r.s.cfg.Node
		kept, err := r.s.q.Keep(ctx, keep)
		if err != nil {
			return err
		}
		has := make(map[int64]bool, len(kept))
		for _, k := range kept {
			has[k.EntryID] = true
			replies[at[k.EntryID]].Value = k.Writer
		}
		for i, entryID := range keep.EntryIds {
			if !has[entryID] {
				claim.EntryIds, claim.DeviceIds = append(claim.EntryIds, entryID), append(claim.DeviceIds, keep.DeviceIds[i])
			}
		}
	}
	if len(claim.EntryIds) == 0 {
		return nil
	}
	claim.RoundID, claim.Node = r.id, r.s.cfg.Node
	claimed, err := r.s.q.Claim(ctx, claim)
	if err != nil {
		return err
	}
	for _, entryID := range claim.EntryIds {
		replies[at[entryID]].Err = errOtherDevice
	}
	for _, c := range claimed {
		replies[at[c.EntryID]] = reply[int32]{Value: c.Writer}
	}
	return nil
}

// claim gives a device the right to answer for its entry. keep is the writer number it had before its connection
// broke; when it still stands, answers on their way can be sent again under the same keys.
func (r *room) claim(ctx context.Context, entryID, deviceID int64, keep int32) (int32, error) {
	if _, err := r.entry(ctx, entryID); err != nil {
		return 0, err
	}
	writer, err := r.devices.ask(ctx, deviceAsk{entryID: entryID, deviceID: deviceID, keep: keep})
	switch {
	case err == nil && writer > 1 && writer != keep:
		r.s.ownChanged(r.id, entryID)
	case errors.Is(err, errOtherDevice):
		// Perhaps its battery died, which the network tells only after a minute: whoever asks again soon gets in then.
		r.s.probe(entryID)
	}
	return writer, err
}

// probeWithin is how long a device has to give a sign of life; browsers do so by themselves.
const probeWithin = 4 * time.Second

// probe makes all nodes ask the devices of an entry whether they are still there.
func (s *Service) probe(entryID int64) {
	payload := strconv.FormatInt(entryID, 10)
	if s.cfg.Relay != nil {
		s.cfg.Relay.Hint(hintProbe, payload)
		return
	}
	s.heardProbe(hintProbe, payload)
}

func (s *Service) heardProbe(_, payload string) {
	if entryID, err := strconv.ParseInt(payload, 10, 64); err == nil {
		s.cfg.Hub.ProbeKey(live.EntryKey(entryID), probeWithin)
	}
}

// left notes that a socket of a device has gone.
func (r *room) left(entryID, deviceID int64) {
	if r.sockets.add(entryID, deviceID, -1) > 0 || r.s.ctx.Err() != nil {
		return
	}
	r.s.tasks.Go(func() {
		if _, err := r.devices.ask(r.s.ctx, deviceAsk{entryID: entryID, deviceID: deviceID, gone: true}); err != nil && r.s.ctx.Err() == nil {
			// The console shows the device as connected until another one takes over with an organizer's word.
			r.s.log.Warn("a device's leaving could not be stored", "round", r.id, "entry", entryID, "error", err)
		}
	})
}

// release lets another device take over.
func (s *Service) release(ctx context.Context, roundID, entryID int64) error {
	n, err := s.q.ReleaseWriter(ctx, stagedb.ReleaseWriterParams{RoundID: roundID, EntryID: entryID})
	if err != nil {
		return postgres.Fault(err)
	}
	if n == 0 {
		return errNobodyAnswers
	}
	s.ownChanged(roundID, entryID)
	return nil
}

// releaseBy is the old device's consent: only the device that answers now can give it.
func (s *Service) releaseBy(ctx context.Context, r *room, entryID, deviceID int64) error {
	writers, err := s.q.Writers(ctx, stagedb.WritersParams{RoundID: r.id, EntryIds: []int64{entryID}})
	if err != nil {
		return postgres.Fault(err)
	}
	if len(writers) == 1 && writers[0].DeviceID != deviceID {
		return errOtherDevice
	}
	return s.release(ctx, r.id, entryID)
}

// ownChanged tells the entry's sockets on every node that its own part has changed.
func (s *Service) ownChanged(roundID, entryID int64) {
	payload := fmt.Sprintf("%d/%d", roundID, entryID)
	if s.cfg.Relay != nil {
		s.cfg.Relay.Hint(hintOwn, payload)
		return
	}
	s.heardOwn(hintOwn, payload)
}

func (s *Service) heardOwn(_, payload string) {
	round, entry, ok := strings.Cut(payload, "/")
	roundID, err1 := strconv.ParseInt(round, 10, 64)
	entryID, err2 := strconv.ParseInt(entry, 10, 64)
	if !ok || errors.Join(err1, err2) != nil {
		return
	}
	s.mu.Lock()
	r := s.rooms[roundID]
	s.mu.Unlock()
	if r == nil || r.s.cfg.Hub.Keys(contestantTopic(roundID))[live.EntryKey(entryID)] == 0 || s.ctx.Err() != nil {
		return
	}
	s.tasks.Go(func() {
		ctx, cancel := context.WithTimeout(s.ctx, 10*time.Second)
		defer cancel()
		view, err := r.ownView(ctx, entryID)
		if err != nil {
			s.log.Warn("an entry's own part can't be read", "round", roundID, "entry", entryID, "error", err)
			return
		}
		s.cfg.Hub.PublishKey(contestantTopic(roundID), live.EntryKey(entryID), live.Message{Kind: KindOwn, Data: view})
	})
}
