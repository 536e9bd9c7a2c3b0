package bank

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/bank/bankdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

var (
	errStep = fault.New(fault.Conflict, "review_step",
		"Tình trạng của câu hỏi vừa thay đổi nên bước này không còn thực hiện được. Hãy xem lại.",
		"The question's state has just changed, so this can no longer be done. Look at it again.")
	errOwn = fault.New(fault.Forbidden, "own_approval",
		"Bạn là người viết phiên bản này nên cần người khác thẩm định. Ban Tổ chức có thể cho phép tự duyệt trong phần Thẩm định.",
		"You wrote this version, so somebody else has to review it. The organizers can allow own approval under Review.")
	errNotReviewer = fault.New(fault.Forbidden, "not_reviewer",
		"Chỉ người thẩm định hoặc Ban Tổ chức được duyệt và trả lại câu hỏi.",
		"Only reviewers and organizers approve questions and send them back.")
	errNote = fault.New(fault.Invalid, "send_back_why",
		"Hãy ghi cần sửa gì để người ra đề biết.", "Say what should be changed, so that the author knows.")
	errReviewChanged = fault.New(fault.Conflict, "review_changed",
		"Cách thẩm định vừa được người khác đổi. Hãy tải lại rồi thử lại.",
		"Somebody else has just changed how the bank is reviewed. Reload and try again.")
	errNoAct = fault.New(fault.Conflict, "item_without_act",
		"Câu hỏi này không ghi văn bản làm căn cứ nên không có gì để rà soát.",
		"This question names no act, so there is no legal basis to check.")
	errComments = fault.New(fault.TooMany, "too_many_comments",
		"Câu hỏi này đã có 500 ý kiến nên không nhận thêm.", "This question has 500 comments and takes no more.")
	errComment = fault.New(fault.Invalid, "comment_empty",
		"Ý kiến cần từ 1 đến 4.000 ký tự.", "A comment has 1 to 4,000 characters.")
)

// Review gives the rules of a contest's bank.
func (s *Service) Review(ctx context.Context, contestID int64) (Review, error) {
	bankID, err := s.contests.BankOf(ctx, contestID)
	if err != nil {
		return Review{}, err
	}
	b, err := s.q.BankByID(ctx, bankID)
	return reviewOf(b), postgres.Fault(err)
}

// SetReview changes the rules. What is approved stays so.
func (s *Service) SetReview(ctx context.Context, contestID int64, r Review) (Review, error) {
	_, err := s.inBank(ctx, contestID, func(tx pgx.Tx, bankID int64) error {
		n, err := s.q.WithTx(tx).SaveReview(ctx, bankdb.SaveReviewParams{ID: bankID, NeedsReview: r.Needed, OwnApproval: r.OwnApproval,
			CheckMonths: int32(r.CheckMonths), Version: int32(r.Version)})
		if err != nil {
			return err
		}
		if n == 0 {
			return errReviewChanged
		}
		return audit.Append(ctx, tx, contestID, "bank.review", map[string]any{"needed": r.Needed, "own_approval": r.OwnApproval, "months": r.CheckMonths})
	})
	if err != nil {
		return Review{}, err
	}
	return s.Review(ctx, contestID)
}

// Take takes a step with an item. seen is the version that was looked at.
func (s *Service) Take(ctx context.Context, contestID, itemID int64, seen int, step Step, note string) (Item, error) {
	note = CleanText(note)
	if step == SendBack && note == "" {
		return Item{}, errNote.At("note", errNote.Vi, errNote.En)
	}
	p := account.From(ctx)
	judges := p.Has(contestID, account.RoleReviewer)
	if (step == Approve || step == SendBack || step == Check) && !judges {
		return Item{}, errNotReviewer
	}
	_, err := s.inBank(ctx, contestID, func(tx pgx.Tx, bankID int64) error {
		q := s.q.WithTx(tx)
		row, err := s.lock(ctx, tx, contestID, bankID, itemID)
		if err != nil {
			return err
		}
		if row.RetiredAt != nil {
			return errRetired
		}
		if int(row.Version) != seen {
			return errMoved
		}
		if step == Check && row.ActID == nil {
			return errNoAct
		}
		next, ok := State(row.State).Next(step)
		if !ok && step != Check {
			return errStep
		}
		if step == Approve {
			if err := s.mayApprove(ctx, q, bankID, row); err != nil {
				return err
			}
		}
		approved := approvedVersion(next, row.Version, row.ApprovedVersion)
		if step == SendBack && State(row.State) == Approved {
			approved = nil
		}
		if next != State(row.State) {
			if err := q.SetState(ctx, bankdb.SetStateParams{ID: itemID, State: string(next), ApprovedVersion: approved}); err != nil {
				return err
			}
		}
		if (step == Approve || step == Check) && row.ActID != nil {
			now := s.now()
			if err := q.SetChecked(ctx, bankdb.SetCheckedParams{ID: itemID, CheckedAt: &now, CheckedBy: p.Name}); err != nil {
				return err
			}
		}
		if err := s.step(ctx, q, itemID, row.Version, step, note); err != nil {
			return err
		}
		if step == SendBack {
			if err := s.comment(ctx, q, itemID, row.Version, note); err != nil {
				return err
			}
		}
		return audit.Append(ctx, tx, contestID, "bank.step", map[string]any{"item": itemID, "version": row.Version, "step": step})
	})
	if err != nil {
		return Item{}, err
	}
	return s.Get(ctx, contestID, itemID)
}

// mayApprove refuses who wrote any of what is to be approved, unless the bank allows it.
func (s *Service) mayApprove(ctx context.Context, q *bankdb.Queries, bankID int64, row bankdb.LockItemRow) error {
	b, err := q.BankByID(ctx, bankID)
	if err != nil || b.OwnApproval || !b.NeedsReview {
		return postgres.Fault(err)
	}
	after := int32(0)
	if row.ApprovedVersion != nil {
		after = *row.ApprovedVersion
	}
	authors, err := q.WrittenSince(ctx, bankdb.WrittenSinceParams{ItemID: row.ID, After: after})
	if err != nil {
		return postgres.Fault(err)
	}
	if slices.Contains(authors, account.From(ctx).AccountID) {
		return errOwn
	}
	return nil
}

func (s *Service) step(ctx context.Context, q *bankdb.Queries, itemID int64, version int32, step Step, note string) error {
	return postgres.Fault(q.AddStep(ctx, bankdb.AddStepParams{ItemID: itemID, Version: version, Step: string(step), Note: note,
		At: s.now(), AccountID: by(ctx), Name: account.From(ctx).Name}))
}

// Taken is a step that was taken.
type Taken struct {
	ID      int64     `json:"id"`
	Version int       `json:"version"`
	Step    Step      `json:"step" enum:"submit,withdraw,approve,send_back,check,retire,restore"`
	Note    string    `json:"note"`
	At      time.Time `json:"at"`
	Name    string    `json:"name"`
}

// Comment is a remark on a version.
type Comment struct {
	ID         int64      `json:"id"`
	Version    int        `json:"version"`
	Body       string     `json:"body"`
	At         time.Time  `json:"at"`
	Name       string     `json:"name"`
	ResolvedAt *time.Time `json:"resolved_at,omitempty"`
	ResolvedBy string     `json:"resolved_by"`
}

// Record is the file of an item: what was said about it, and what was done with it.
type Record struct {
	Comments []Comment `json:"comments" doc:"Oldest first"`
	Steps    []Taken   `json:"steps" doc:"Newest first"`
	Uses     []Use     `json:"uses" doc:"Newest first"`
	Act      *Act      `json:"act,omitempty"`
	Barred   bool      `json:"barred" doc:"Its act has lapsed, and nobody has looked at it since"`
	Old      bool      `json:"old" doc:"Its legal basis was looked at long ago"`
}

// Record gives what is known of an item beside its text.
func (s *Service) Record(ctx context.Context, contestID, itemID int64) (Record, error) {
	bankID, err := s.contests.BankOf(ctx, contestID)
	if err != nil {
		return Record{}, err
	}
	i, err := s.item(ctx, bankID, itemID)
	if err != nil {
		return Record{}, err
	}
	if me := mine(ctx, contestID); me != 0 && i.CreatedBy != me {
		return Record{}, fault.NothingHere
	}
	r := Record{Comments: []Comment{}, Steps: []Taken{}, Uses: []Use{}}
	comments, err := s.q.Comments(ctx, bankdb.CommentsParams{ItemID: itemID, BankID: bankID})
	if err != nil {
		return r, postgres.Fault(err)
	}
	for _, c := range comments {
		r.Comments = append(r.Comments, Comment{ID: c.ID, Version: int(c.Version), Body: c.Body, At: c.At, Name: c.Name,
			ResolvedAt: c.ResolvedAt, ResolvedBy: c.ResolvedBy})
	}
	steps, err := s.q.Steps(ctx, itemID)
	if err != nil {
		return r, postgres.Fault(err)
	}
	for _, t := range steps {
		r.Steps = append(r.Steps, Taken{ID: t.ID, Version: int(t.Version), Step: Step(t.Step), Note: t.Note, At: t.At, Name: t.Name})
	}
	uses, err := s.usesOf(ctx, bankID, []int64{itemID})
	if err != nil {
		return r, err
	}
	r.Uses = append(r.Uses, uses[itemID]...)
	if i.ActID == 0 {
		return r, nil
	}
	acts, review, err := s.acts(ctx, bankID)
	if err != nil {
		return r, err
	}
	if at := slices.IndexFunc(acts, func(a Act) bool { return a.ID == i.ActID }); at >= 0 {
		r.Act = &acts[at]
		r.Barred = acts[at].lapsed(s.now()) && (i.CheckedAt == nil || i.CheckedAt.Before(*acts[at].LapsedAt))
	}
	r.Old = i.CheckedAt == nil && i.At.Before(review.checkBefore(s.now())) || i.CheckedAt != nil && i.CheckedAt.Before(review.checkBefore(s.now()))
	return r, nil
}

// Say adds a comment to the newest version of an item.
func (s *Service) Say(ctx context.Context, contestID, itemID int64, body string) error {
	_, err := s.inBank(ctx, contestID, func(tx pgx.Tx, bankID int64) error {
		row, err := s.lock(ctx, tx, contestID, bankID, itemID)
		if err != nil {
			return err
		}
		return s.comment(ctx, s.q.WithTx(tx), itemID, row.Version, body)
	})
	return err
}

func (s *Service) comment(ctx context.Context, q *bankdb.Queries, itemID int64, version int32, body string) error {
	body = CleanText(body)
	if n := len([]rune(body)); n == 0 || n > 4000 {
		return errComment.At("body", errComment.Vi, errComment.En)
	}
	n, err := q.CountComments(ctx, itemID)
	if err != nil {
		return postgres.Fault(err)
	}
	if n >= 500 {
		return errComments
	}
	_, err = q.AddComment(ctx, bankdb.AddCommentParams{ItemID: itemID, Version: version, Body: body, At: s.now(), AccountID: by(ctx),
		Name: strings.TrimSpace(account.From(ctx).Name)})
	return postgres.Fault(err)
}

// Resolve marks a comment as dealt with, or opens it again.
func (s *Service) Resolve(ctx context.Context, contestID, itemID, commentID int64, resolved bool) error {
	_, err := s.inBank(ctx, contestID, func(tx pgx.Tx, bankID int64) error {
		if _, err := s.lock(ctx, tx, contestID, bankID, itemID); err != nil {
			return err
		}
		params := bankdb.ResolveCommentParams{ID: commentID, ItemID: itemID}
		if resolved {
			now := s.now()
			params.ResolvedAt, params.ResolvedBy = &now, account.From(ctx).Name
		}
		n, err := s.q.WithTx(tx).ResolveComment(ctx, params)
		if err == nil && n == 0 {
			return fault.NothingHere
		}
		return err
	})
	return err
}
