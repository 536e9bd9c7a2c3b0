package vote

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/csv"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/vote/votedb"
)

// ticketAlphabet has no signs that look alike on paper.
const (
	ticketAlphabet = "ACDEFGHJKMNPQRTUVWXY34679"
	ticketLength   = 8
	// MaxTickets are made at a time.
	MaxTickets = 2000
)

func newTicket() string {
	var b strings.Builder
	buf := make([]byte, 1)
	for b.Len() < ticketLength {
		_, _ = rand.Read(buf) // never fails: it ends the process instead
		// 250 is the largest multiple of 25 within a byte: no sign is likelier than another.
		if buf[0] < 250 {
			b.WriteByte(ticketAlphabet[int(buf[0])%len(ticketAlphabet)])
		}
	}
	return b.String()
}

// Tickets are new codes in the only form in which they ever exist: a file to print.
type Tickets struct {
	Batch int
	Codes []string
}

// MakeTickets makes a batch of tickets. Their codes are answered once and never again.
func (s *Service) MakeTickets(ctx context.Context, contestID, roundID int64, count int) (Tickets, Vote, error) {
	var made Tickets
	var vote Vote
	err := s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *votedb.Queries, v Vote) error {
		if v.State(s.NowUs()) == Closed {
			return errNoTickets
		}
		batches, err := q.TicketBatches(ctx, roundID)
		if err != nil {
			return err
		}
		vote, made = v, Tickets{Batch: 1, Codes: make([]string, count)}
		if n := len(batches); n > 0 {
			made.Batch = int(batches[n-1].Batch) + 1
		}
		macs := make([][]byte, count)
		for i := range macs {
			made.Codes[i] = newTicket()
			macs[i] = s.mac("ticket", roundID, made.Codes[i])
		}
		n, err := q.AddTickets(ctx, votedb.AddTicketsParams{RoundID: roundID, Macs: macs, Batch: int32(made.Batch)})
		if err != nil {
			return err
		}
		if n != int64(count) {
			return fault.New(fault.Unavailable, "vote_tickets_again", "Chưa tạo được phiếu. Hãy thử lại.", "The tickets were not made. Try again.")
		}
		return audit.Append(ctx, tx, v.ContestID, "vote.tickets", map[string]any{"round": roundID, "batch": made.Batch, "count": count})
	})
	return made, vote, err
}

// VoidTickets makes the unused tickets of a batch worthless: a stack that was lost, or printed twice.
func (s *Service) VoidTickets(ctx context.Context, contestID, roundID int64, batch int) error {
	return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *votedb.Queries, v Vote) error {
		n, err := q.VoidTickets(ctx, votedb.VoidTicketsParams{RoundID: roundID, Batch: int32(batch)})
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.NothingHere
		}
		return audit.Append(ctx, tx, v.ContestID, "vote.void", map[string]any{"round": roundID, "batch": batch, "count": n})
	})
}

// page is where a vote is cast.
func (s *Service) page(c contest.Contest, roundID int64) string {
	return strings.TrimRight(s.Address, "/") + "/audience/" + c.Slug + "/vote/" + strconv.FormatInt(roundID, 10)
}

// cards prints the tickets, eight on a page, each with its QR code.
func (s *Service) cards(c contest.Contest, v Vote, made Tickets, locale string) ([]byte, error) {
	words := export.CardWords{Title: "PHIẾU BÌNH CHỌN", Number: "PHIẾU SỐ", Code: "MÃ PHIẾU", Secret: "Mỗi phiếu bỏ một lần", Scan: "Quét để bỏ phiếu", Type: "hoặc mở địa chỉ:"}
	if locale == "en" {
		words = export.CardWords{Title: "VOTING TICKET", Number: "TICKET", Code: "TICKET CODE", Secret: "One ticket, one vote", Scan: "Scan to vote", Type: "or open this address:"}
	}
	cards := make([]export.EntryCard, len(made.Codes))
	for i, code := range made.Codes {
		cards[i] = export.EntryCard{Contest: c.Name, Name: v.Round, Number: strconv.Itoa(made.Batch) + "·" + strconv.Itoa(i+1), Code: code,
			Link: s.page(c, v.RoundID) + "#" + code, Address: s.page(c, v.RoundID)}
	}
	var b bytes.Buffer
	_, err := export.WriteEntryCards(&b, words.Title, time.UnixMicro(s.NowUs()), words, cards)
	return b.Bytes(), err
}

// table writes the tickets as a CSV file that spreadsheets open: a printer's own layout starts from it.
func (s *Service) table(c contest.Contest, v Vote, made Tickets) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff") // or Excel takes Vietnamese for Latin
	w := csv.NewWriter(&b)
	if err := w.Write([]string{"so", "ma_phieu", "dia_chi"}); err != nil {
		return nil, err
	}
	for i, code := range made.Codes {
		if err := w.Write([]string{strconv.Itoa(made.Batch) + "-" + strconv.Itoa(i+1), export.GroupCode(code), s.page(c, v.RoundID) + "#" + code}); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}
