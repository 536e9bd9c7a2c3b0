package vote

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/mail"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/vote/votedb"
)

// Ballot is a vote as somebody casts it: with a ticket, or with an address and the code that was sent to it.
type Ballot struct {
	EntryID int64
	Ticket  string
	Address string
	Code    string
}

// Receipt acknowledges a vote that is committed.
type Receipt struct {
	EntryID int64  `json:"entry_id"`
	AtUs    int64  `json:"at_us"`
	Code    string `json:"code" doc:"Short sign of this vote, the same whenever it is asked for"`
}

const (
	codeMinutes = 15
	codeTries   = 5
	codesMost   = 5 // letters to one address in a round
	codeSoonUs  = int64(time.Minute / time.Microsecond)
)

// mac makes a ticket, an address or a code unreadable; kind and round keep them apart.
func (s *Service) mac(kind string, roundID int64, text string) []byte {
	h := hmac.New(sha256.New, s.Key)
	h.Write([]byte("vote\x00" + kind + "\x00"))
	_ = binary.Write(h, binary.BigEndian, roundID)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func (s *Service) receipt(roundID int64, mac []byte, entryID, atUs int64) Receipt {
	sum := s.mac("receipt", roundID, fmt.Sprintf("%x:%d", mac, entryID))
	return Receipt{EntryID: entryID, AtUs: atUs, Code: base32.StdEncoding.EncodeToString(sum[:5])}
}

// address is how an address is compared: without the ways to write the same mailbox in many spellings.
func address(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	name, host, _ := strings.Cut(s, "@")
	name, _, _ = strings.Cut(name, "+")
	if host == "gmail.com" || host == "googlemail.com" {
		name, host = strings.ReplaceAll(name, ".", ""), "gmail.com"
	}
	return name + "@" + host
}

// Cast stores a vote, and acknowledges it once it is committed. The same vote sent again gets the same receipt.
func (s *Service) Cast(ctx context.Context, roundID int64, b Ballot) (Receipt, error) {
	round, err := s.public(ctx, roundID)
	if err != nil {
		return Receipt{}, err
	}
	var receipt Receipt
	var refused error
	err = postgres.InTxRetry(ctx, s.DB, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		refused = nil
		row, err := q.HoldVoteRound(ctx, roundID)
		if err != nil {
			return err
		}
		v, err := voteOf(round, row)
		if err != nil {
			return err
		}
		way, mac := s.voter(v, b)
		if mac == nil {
			return errWay
		}
		now := s.NowUs()
		// The key first: whether an address has voted is nobody's business but its owner's.
		if refused, err = s.mayVote(ctx, q, v, way, mac, b, now); err != nil || refused != nil {
			if refused != nil && v.State(now) == Closed {
				refused = errClosed // codes end with the vote: a wrong one is no news any more
			}
			return err
		}
		switch cast, err := q.BallotOf(ctx, votedb.BallotOfParams{RoundID: roundID, Mac: mac}); {
		case err == nil && cast.EntryID == b.EntryID:
			receipt = s.receipt(roundID, mac, cast.EntryID, cast.AtUs)
			return nil
		case err == nil:
			return s.used(ctx, q, roundID, cast.EntryID)
		case !errors.Is(err, pgx.ErrNoRows):
			return err
		}
		if err := takesVotes(v.State(now)); err != nil {
			return err
		}
		// Who withdraws at this very moment may get this vote still: it counts for nothing then, as one cast a moment earlier.
		switch withdrawn, err := q.Candidate(ctx, votedb.CandidateParams{RoundID: roundID, EntryID: b.EntryID}); {
		case errors.Is(err, pgx.ErrNoRows):
			return errCandidate
		case err != nil:
			return err
		case withdrawn:
			return errWithdrawn
		}
		n, err := q.AddBallot(ctx, votedb.AddBallotParams{RoundID: roundID, EntryID: b.EntryID, Way: way, Mac: mac, AtUs: now})
		switch {
		case err != nil:
			return err
		case n == 0:
			return errUsed // the same ticket a moment earlier
		}
		receipt = s.receipt(roundID, mac, b.EntryID, now)
		return nil
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		if errors.Is(err, errTicket) && s.wrong.over(account.From(ctx).Address, s.NowUs()) {
			return Receipt{}, errTooMany
		}
		return Receipt{}, postgres.Fault(err)
	}
	s.onChange(round.ContestID, roundID)
	return receipt, nil
}

// takesVotes is nil while a vote is open, else what its voters are told.
func takesVotes(state State) error {
	switch state {
	case Planned:
		return errNotOpen
	case Closed:
		return errClosed
	case Open:
	}
	return nil
}

// used tells a voter who wants another entry that one vote is all there is, also when the entry of that vote has withdrawn.
func (s *Service) used(ctx context.Context, q *votedb.Queries, roundID, entryID int64) error {
	withdrawn, err := q.Candidate(ctx, votedb.CandidateParams{RoundID: roundID, EntryID: entryID})
	switch {
	case err != nil:
		return err
	case withdrawn:
		return errUsedWithdrawn
	}
	return errUsed
}

// voter says which way a ballot takes, and how its voter is told from others; nil: no way that this vote offers.
func (s *Service) voter(v Vote, b Ballot) (way string, mac []byte) {
	switch {
	case b.Ticket != "" && v.Settings.Tickets:
		return "ticket", s.mac("ticket", v.RoundID, roster.CleanCode(b.Ticket))
	case b.Address != "" && v.Settings.Mail && mail.IsAddress(strings.TrimSpace(b.Address)):
		return "mail", s.mac("mail", v.RoundID, address(b.Address))
	}
	return "", nil
}

// mayVote looks whether the ticket exists, or the code is the one in the letter. A refusal is no error: the tries that
// it counts must be kept.
func (s *Service) mayVote(ctx context.Context, q *votedb.Queries, v Vote, way string, mac []byte, b Ballot, now int64) (refused, err error) {
	if way == "ticket" {
		void, err := q.Ticket(ctx, votedb.TicketParams{RoundID: v.RoundID, Mac: mac})
		if errors.Is(err, pgx.ErrNoRows) || err == nil && void {
			return errTicket, nil
		}
		return nil, err
	}
	row, err := q.LockCode(ctx, votedb.LockCodeParams{RoundID: v.RoundID, Mac: mac})
	if errors.Is(err, pgx.ErrNoRows) {
		return errCode, nil
	}
	if err != nil {
		return nil, err
	}
	if row.Tries >= codeTries || now >= row.ExpiresUs {
		return errCode, nil
	}
	if !hmac.Equal(row.CodeMac, s.mac("code", v.RoundID, strings.TrimSpace(b.Code))) {
		return errCode, q.CountTry(ctx, votedb.CountTryParams{RoundID: v.RoundID, Mac: mac})
	}
	return nil, nil
}

// SendCode sends a code to an address. Whether the address has voted is nobody's business: the answer is the same, and the
// letter of a second vote says nothing either; it is refused when it is cast.
func (s *Service) SendCode(ctx context.Context, roundID int64, to, locale string) error {
	round, err := s.public(ctx, roundID)
	if err != nil {
		return err
	}
	if !mail.IsAddress(strings.TrimSpace(to)) {
		return errAddress
	}
	if s.letters.over(account.From(ctx).Address, s.NowUs()) {
		return errTooMany
	}
	c, err := s.Contests.Get(ctx, round.ContestID)
	if err != nil {
		return err
	}
	number, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return err
	}
	code := fmt.Sprintf("%06d", number)
	err = postgres.InTx(ctx, s.DB, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		row, err := q.HoldVoteRound(ctx, roundID)
		if err != nil {
			return err
		}
		v, err := voteOf(round, row)
		if err != nil {
			return err
		}
		now := s.NowUs()
		if err := takesVotes(v.State(now)); err != nil {
			return err
		}
		if !v.Settings.Mail || !s.Mail.On() {
			return errWay
		}
		n, err := q.PutCode(ctx, votedb.PutCodeParams{RoundID: roundID, Mac: s.mac("mail", roundID, address(to)), CodeMac: s.mac("code", roundID, code),
			ExpiresUs: now + codeMinutes*60*1_000_000, SentUs: now, Most: codesMost, NotAfterUs: now - codeSoonUs})
		if err != nil {
			return err
		}
		if n == 0 {
			row, err := q.LockCode(ctx, votedb.LockCodeParams{RoundID: roundID, Mac: s.mac("mail", roundID, address(to))})
			switch {
			case err != nil:
				return err
			case row.Sent >= codesMost:
				return errCodesMost
			}
			return errSoon
		}
		return s.Mail.Send(ctx, tx, mail.Letter{Contest: c.ID, Template: mail.VoteCode, To: strings.TrimSpace(to), Locale: locale,
			Content: mail.Content{Contest: c.Name, Organizer: c.OrganizerName, Number: code, Count: codeMinutes}})
	})
	return postgres.Fault(err)
}

// public finds a round that the public may know of. One of a draft does not exist for it.
func (s *Service) public(ctx context.Context, roundID int64) (contest.Round, error) {
	round, err := s.round(ctx, 0, roundID)
	if err != nil {
		return round, err
	}
	c, err := s.Contests.Get(ctx, round.ContestID)
	if err == nil && c.State == contest.Draft {
		return round, fault.NothingHere
	}
	return round, err
}
