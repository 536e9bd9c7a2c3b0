package app

import (
	"context"
	"time"

	"github.com/hoithi/hoithi/server/unit"
)

// unitsCheck is how often it is looked whether another day has come.
const unitsCheck = 20 * time.Minute

// settleUnits brings the present state of the units to today at the start and whenever a day has come on which a change
// that was recorded ahead takes effect. The function it gives ends that.
func (a *App) settleUnits() func(context.Context) error {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(unitsCheck)
		defer tick.Stop()
		settled := unit.Day("")
		for {
			if today := unit.Today(); today != settled {
				changed, err := a.Units.Settle(ctx)
				switch {
				case ctx.Err() != nil:
					return
				case err != nil:
					a.Config.Log.Warn("the units could not be brought to today; it is tried again", "error", err)
				default:
					settled = today
				}
				if changed > 0 {
					a.Config.Log.Info("units changed with the day", "units", changed)
				}
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}()
	return func(context.Context) error { cancel(); <-done; return nil }
}
