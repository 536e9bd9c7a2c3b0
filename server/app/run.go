package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/hoithi/hoithi/server/result"
)

// Start begins the background work of the rooms.
func (a *App) Start(ctx context.Context) error {
	a.startRooms()
	return a.startJobs(ctx)
}

// Document is the API's document, the same bytes for the same handlers.
func (a *App) Document() ([]byte, error) {
	b, err := json.Marshal(a.API.Huma.OpenAPI()) // huma's own encoding keeps the document's order
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// ServeMetrics serves /metrics on an address of its own: it is not for the public.
func (a *App) ServeMetrics(address string) (stop func(), err error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for metrics on %s: %w", address, err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(a.Metrics, promhttp.HandlerOpts{}))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			a.Config.Log.Error("serving metrics", "error", err)
		}
	}()
	return func() { _ = server.Close() }, nil
}

// LocalAddress is this machine's address in its network, for cards and QR codes in a hall; localhost without a network.
func LocalAddress() string {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return "localhost"
	}
	for _, x := range addresses {
		if n, ok := x.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() {
			return n.IP.String()
		}
	}
	return "localhost"
}

// Welcome tells the operator where to go: the first administrator's link, and with demo a sign-in for each kind of
// user of the demo contest, which is made at the first start.
func (a *App) Welcome(ctx context.Context, w io.Writer, address string, demo bool) error {
	link, err := a.Accounts.FirstAdminLink(ctx)
	if err != nil {
		return err
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, "  "+format+"\n", args...) }
	line("")
	line("Hội Thi: %s", address)
	if link != "" {
		line("")
		line("Quản trị viên đầu tiên, liên kết dùng một lần · First administrator, one-time link:")
		line("%s/link#%s", address, link)
	}
	if demo {
		if err := a.welcomeDemo(ctx, address, line); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(w, b.String())
	return err
}

func (a *App) welcomeDemo(ctx context.Context, address string, line func(string, ...any)) error {
	d, err := a.Demo(ctx)
	if err == nil && d == nil {
		d, err = a.Seed(ctx)
	}
	if err != nil {
		return err
	}
	entries, err := a.Roster.Keys(ctx, d.ContestID)
	if err != nil {
		return err
	}
	line("")
	line("Hội thi mẫu · Demo contest:")
	line("Tổ chức · organizer    %s/sign-in   %s / %s", address, d.Organizer.Login, d.Organizer.Password)
	line("Thư ký · secretary     %s/sign-in   %s / %s", address, d.Secretary.Login, d.Secretary.Password)
	if d.Supervisor.ID != 0 {
		line("Giám sát · supervisor  %s/sign-in   %s / %s", address, d.Supervisor.Login, d.Supervisor.Password)
		line("Bấm giờ · timekeeper   %s/sign-in   %s / %s", address, d.Timekeeper.Login, d.Timekeeper.Password)
	}
	if d.Leader.ID != 0 {
		line("Phụ trách đơn vị · unit leader  %s/sign-in   %s / %s", address, d.Leader.Login, d.Leader.Password)
	}
	if d.Author.ID != 0 {
		line("Người ra đề · author   %s/sign-in   %s / %s", address, d.Author.Login, d.Author.Password)
		line("Thẩm định · reviewer   %s/sign-in   %s / %s", address, d.Reviewer.Login, d.Reviewer.Password)
	}
	for i, j := range d.Judges {
		if i < 2 {
			line("Giám khảo · judge      %s/sign-in   %s / %s", address, j.Login, j.Password)
		}
	}
	for i, e := range entries {
		if i < 3 {
			line("Thí sinh · contestant  %s%s   SBD %s · %s", address, e.Path, e.Number, e.Name)
		}
	}
	line("Khán giả · audience    %s/audience/%s", address, d.Slug)
	line("Màn chiếu · projector  %s/audience/%s/projector", address, d.Slug)
	if d.ExamID == 0 {
		return nil
	}
	takers, err := a.Roster.Keys(ctx, d.ExamID)
	if err != nil {
		return err
	}
	line("")
	line("Thi trực tuyến · online exam:")
	for i, e := range takers {
		if i < 3 {
			line("Thí sinh · contestant  %s%s   SBD %s · %s", address, e.Path, e.Number, e.Name)
		}
	}
	line("Khán giả · audience    %s/audience/%s", address, d.ExamSlug)
	if d.VoteRound == 0 {
		return nil
	}
	line("")
	line("Khán giả bình chọn · public vote:")
	for _, code := range d.VoteTickets {
		line("Phiếu · ticket         %s/audience/%s/vote/%d#%s", address, d.VoteSlug, d.VoteRound, code)
	}
	line("Màn chiếu · projector  %s/audience/%s/projector", address, d.VoteSlug)
	return nil
}

// Verify recomputes the contests with a final result, or the one of a slug.
func (a *App) Verify(ctx context.Context, slug string) ([]result.Verification, error) {
	var ids []int64
	if slug != "" {
		c, err := a.Contests.BySlug(ctx, slug)
		if err != nil {
			return nil, err
		}
		ids = []int64{c.ID}
	} else {
		var err error
		if ids, err = a.Results.WithResults(ctx); err != nil {
			return nil, err
		}
	}
	found := []result.Verification{}
	for _, id := range ids {
		v, err := a.Results.Verify(ctx, id)
		if err != nil {
			return nil, err
		}
		found = append(found, v)
	}
	return found, nil
}
