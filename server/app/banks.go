package app

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/postgres"
)

// What the bank's room is told by the rooms above it, and its work in the queue.

// itemUses tells in which rounds items stand. Rehearsals are none, and neither is a round that was never set up. In an
// online exam stands what the papers of a period can be drawn from, once it has opened: before, a pool may still be thrown
// away, and must not keep its own items from being drawn again.
type itemUses struct{ app *App }

// offeredInExams lists the items of the opened periods of a bank ($2) by now ($3, microseconds).
const offeredInExams = `SELECT (o.offer ->> 'item')::bigint AS item, (o.offer ->> 'version')::bigint AS version, c.id AS contest, c.name AS contest_name,
		r.id AS round, r.name AS round_name, w.opens_us, w.closes_us
	FROM contest c JOIN round r ON r.contest_id = c.id JOIN exam_round e ON e.round_id = r.id AND e.phase NOT IN ('planned', 'ready')
	JOIN exam_pool p ON p.round_id = r.id
	JOIN LATERAL (SELECT min(w.opens_us) AS opens_us, max(w.closes_us) AS closes_us FROM exam_window w WHERE w.period_id = p.period_id) w ON w.opens_us <= $3
	CROSS JOIN LATERAL jsonb_array_elements(convert_from(p.content, 'UTF8')::jsonb -> 'offers') AS o(offer)
	WHERE c.bank_id = $2 AND c.rehearsal_of IS NULL`

// UsesOf implements bank.Uses.
func (u itemUses) UsesOf(ctx context.Context, bankID int64, itemIDs []int64) (map[int64][]bank.Use, error) {
	rows, err := u.app.DB.Query(ctx, `SELECT v.item_id, c.id, c.name, r.id, r.name, v.version, s.reserve,
			CASE WHEN t.phase IN ('running', 'paused', 'closed', 'scored') THEN
				(SELECT to_timestamp(e.at_us / 1000000) FROM stage_event e WHERE e.round_id = r.id ORDER BY e.seq LIMIT 1) END AS at
		FROM item_version v JOIN stage_item s ON s.item_version_id = v.id JOIN stage_round t ON t.round_id = s.round_id
		JOIN round r ON r.id = s.round_id JOIN contest c ON c.id = r.contest_id
		WHERE v.item_id = ANY($1) AND c.bank_id = $2 AND c.rehearsal_of IS NULL
		UNION ALL
		SELECT x.item, x.contest, max(x.contest_name), x.round, max(x.round_name), v.version, false, to_timestamp(min(x.opens_us) / 1000000)
		FROM (`+offeredInExams+`) x JOIN item_version v ON v.id = x.version
		WHERE x.item = ANY($1) GROUP BY x.item, x.contest, x.round, v.version
		ORDER BY at DESC NULLS FIRST, 4 DESC`, itemIDs, bankID, u.app.nowUs())
	if err != nil {
		return nil, postgres.Fault(err)
	}
	uses := map[int64][]bank.Use{}
	var itemID int64
	var x bank.Use
	_, err = pgx.ForEachRow(rows, []any{&itemID, &x.ContestID, &x.Contest, &x.RoundID, &x.Round, &x.Version, &x.Reserve, &x.At}, func() error {
		use := x
		if x.At != nil {
			at := *x.At
			use.At = &at
		}
		uses[itemID] = append(uses[itemID], use)
		return nil
	})
	return uses, postgres.Fault(err)
}

// UsedSince implements bank.Uses.
func (u itemUses) UsedSince(ctx context.Context, bankID int64, since time.Time) ([]int64, error) {
	rows, err := u.app.DB.Query(ctx, `SELECT DISTINCT v.item_id
		FROM contest c JOIN round r ON r.contest_id = c.id JOIN stage_round t ON t.round_id = r.id
		JOIN stage_item s ON s.round_id = r.id JOIN item_version v ON v.id = s.item_version_id
		WHERE c.bank_id = $2 AND c.rehearsal_of IS NULL
		  AND ($1 OR t.phase IN ('planned', 'ready') OR EXISTS (SELECT 1 FROM stage_event e WHERE e.round_id = r.id AND e.at_us >= $4))
		UNION
		SELECT x.item FROM (`+offeredInExams+`) x WHERE $1 OR x.closes_us >= $4
		ORDER BY 1`, since.IsZero(), bankID, u.app.nowUs(), since.UnixMicro())
	if err != nil {
		return nil, postgres.Fault(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if ids == nil {
		ids = []int64{}
	}
	return ids, postgres.Fault(err)
}

// compareArgs is the job that looks for items of a bank that read alike.
type compareArgs struct {
	BankID int64 `json:"bank_id"`
}

// Kind names the job in the queue.
func (compareArgs) Kind() string { return "compare_items" }

type comparer struct {
	river.WorkerDefaults[compareArgs]
	app *App
}

// Timeout bounds one run.
func (c *comparer) Timeout(*river.Job[compareArgs]) time.Duration { return 4 * time.Minute }

// Work compares the bank.
func (c *comparer) Work(ctx context.Context, job *river.Job[compareArgs]) error {
	return c.app.Bank.Compare(ctx, job.Args.BankID)
}

// enqueueComparing puts a comparison into the queue, in the transaction that asks for it.
func (a *App) enqueueComparing(ctx context.Context, tx pgx.Tx, bankID int64) error {
	client, err := river.NewClient(riverpgxv5.New(a.DB), &river.Config{})
	if err != nil {
		return err
	}
	_, err = client.InsertTx(ctx, tx, compareArgs{BankID: bankID}, &river.InsertOpts{MaxAttempts: 1})
	return err
}

// fileItems gives items from before the bank had topics and acts their places. Until it is through, they are found by
// everything but their topic and act.
func (a *App) fileItems() func(context.Context) error {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := a.Bank.File(ctx); err != nil && ctx.Err() == nil {
			a.Config.Log.Warn("older items could not be given their topics; the next start tries again", "error", err)
		}
	}()
	return func(context.Context) error { cancel(); <-done; return nil }
}
