package exam

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/postgres"
)

// deviceAsk is a claim of the right to answer in an attempt, or the news that a device of an entry has come back or has
// gone. All go through one lane, so that a quick return is never overtaken by the news of the leaving.
type deviceAsk struct {
	attemptID int64 // of a claim
	entryID   int64
	deviceID  int64
	gone      bool
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
	if s.n[key] += by; s.n[key] > 0 {
		return s.n[key]
	}
	delete(s.n, key)
	return 0
}

// flushDevices settles what devices ask, each entry in the order in which it came.
func (r *room) flushDevices(batch []deviceAsk) []reply[int32] {
	replies := make([]reply[int32], len(batch))
	left := make([]int, len(batch))
	for i := range left {
		left[i] = i
	}
	for len(left) > 0 {
		var turn, later []int
		seen := map[int64]bool{}
		for _, i := range left {
			if seen[batch[i].entryID] {
				later = append(later, i)
				continue
			}
			seen[batch[i].entryID] = true
			turn = append(turn, i)
		}
		err := r.settleDevices(batch, turn, replies)
		for tries := 0; postgres.IsContention(err) && tries < 5; tries++ {
			err = r.settleDevices(batch, turn, replies)
		}
		if err != nil {
			for _, i := range turn {
				replies[i].Err = postgres.Fault(err)
			}
		}
		left = later
	}
	return replies
}

func (r *room) settleDevices(batch []deviceAsk, turn []int, replies []reply[int32]) error {
	ctx, cancel := context.WithTimeout(r.s.ctx, soon)
	defer cancel()
	gone := examdb.GoneParams{RoundID: r.id, NowUs: r.s.nowUs()}
	back := examdb.BackParams{RoundID: r.id}
	keep := examdb.KeepParams{RoundID: r.id}
	at := map[int64]int{}
	for _, i := range turn {
		switch ask := batch[i]; {
		case ask.attemptID != 0:
			at[ask.attemptID] = i
			keep.Ids, keep.Devices = append(keep.Ids, ask.attemptID), append(keep.Devices, ask.deviceID)
		case !ask.gone:
			back.EntryIds, back.Devices = append(back.EntryIds, ask.entryID), append(back.Devices, ask.deviceID)
		case r.sockets.add(ask.entryID, ask.deviceID, 0) == 0:
			gone.EntryIds, gone.Devices = append(gone.EntryIds, ask.entryID), append(gone.Devices, ask.deviceID)
		}
	}
	if len(gone.EntryIds) > 0 {
		if err := r.s.q.Gone(ctx, gone); err != nil {
			return err
		}
	}
	if len(back.EntryIds) > 0 {
		if err := r.s.q.Back(ctx, back); err != nil {
			return err
		}
	}
	if len(keep.Ids) == 0 {
		return nil
	}
	for _, i := range at {
		replies[i].Err = errOtherDevice
	}
	kept, err := r.s.q.Keep(ctx, keep)
	if err != nil {
		return err
	}
	for _, k := range kept {
		replies[at[k.ID]] = reply[int32]{Value: k.Writer}
	}
	took, err := r.s.q.TakeOver(ctx, examdb.TakeOverParams(keep))
	if err != nil {
		return err
	}
	for _, k := range took {
		replies[at[k.ID]] = reply[int32]{Value: k.Writer}
	}
	return nil
}

// Claim gives the device of a principal the right to answer in an attempt.
func (s *Service) Claim(ctx context.Context, p account.Principal, roundID int64, in ClaimAttemptCommand) (Started, error) {
	r, entry, err := s.contestant(ctx, p, roundID)
	if err != nil {
		return Started{}, err
	}
	sat, err := r.sitting(ctx, in.AttemptID)
	if err != nil {
		return Started{}, err
	}
	if sat == nil || sat.entryID != entry.EntryID {
		return Started{}, errNoAttempt
	}
	part, err := r.own.ask(ctx, entry.EntryID)
	if err != nil {
		return Started{}, err
	}
	if part.open() == nil || part.open().ID != in.AttemptID {
		return Started{}, errClosed
	}
	before := part.open().Writer
	writer, err := r.devices.ask(ctx, deviceAsk{attemptID: in.AttemptID, entryID: entry.EntryID, deviceID: entry.DeviceID})
	if errOtherDevice.Is(err) {
		// Perhaps its battery died, which the network tells only after a minute: whoever asks again soon gets in then.
		s.probe(entry.EntryID)
	}
	if err != nil {
		return Started{}, err
	}
	if writer != before {
		s.pushOwn(roundID, entry.EntryID)
	}
	r.show(ctx, entry.EntryID)
	return Started{AttemptID: in.AttemptID, Writer: writer}, nil
}

// Release is the word of the device that answers: another one may take over.
func (s *Service) Release(ctx context.Context, p account.Principal, roundID int64, _ ReleaseAttemptCommand) error {
	_, entry, err := s.contestant(ctx, p, roundID)
	if err != nil {
		return err
	}
	return s.release(ctx, roundID, entry.EntryID, entry.DeviceID)
}

// ReleaseEntry is an organizer's word: another device of the entry may take over.
func (s *Service) ReleaseEntry(ctx context.Context, contestID, roundID, entryID int64) error {
	if _, err := s.contests.Round(ctx, contestID, roundID); err != nil {
		return err
	}
	return s.release(ctx, roundID, entryID, 0)
}

func (s *Service) release(ctx context.Context, roundID, entryID, deviceID int64) error {
	released, err := s.q.Release(ctx, examdb.ReleaseParams{RoundID: roundID, EntryID: entryID, Device: deviceID})
	switch {
	case err != nil:
		return postgres.Fault(err)
	case len(released) > 0:
		s.pushOwn(roundID, entryID)
		return nil
	case deviceID != 0:
		return errOtherDevice
	}
	return errNobodyAnswers
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

// came and left note that a socket of a device is there, or has gone.
func (r *room) came(entryID, deviceID int64, missed bool) {
	r.sockets.add(entryID, deviceID, 1)
	if missed {
		r.tellDevice(deviceAsk{entryID: entryID, deviceID: deviceID})
	}
}

func (r *room) left(entryID, deviceID int64) {
	if r.sockets.add(entryID, deviceID, -1) == 0 {
		r.tellDevice(deviceAsk{entryID: entryID, deviceID: deviceID, gone: true})
	}
}

func (r *room) tellDevice(ask deviceAsk) {
	r.s.inBackground(func(ctx context.Context) {
		if _, err := r.devices.ask(ctx, ask); err != nil && ctx.Err() == nil {
			// The device counts as there until it releases, or an organizer does.
			r.s.log.Warn("a device's leaving could not be stored", "round", r.id, "entry", ask.entryID, "error", err)
		}
	})
}
