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
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Start begins the background work of the rooms.
func (a *App) Start(context.Context) error {
	a.startRooms()
	return nil
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

// Welcome tells the operator where to go: the first administrator's link, or the demo's sign-ins.
func (a *App) Welcome(ctx context.Context, w io.Writer, address string, demo bool) error {
	link, err := a.Accounts.FirstAdminLink(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\n  Hội Thi: %s\n", address)
	if link != "" {
		fmt.Fprintf(w, "\n  Quản trị viên đầu tiên (dùng một lần) · first administrator (one-time link):\n  %s/link#%s\n", address, link)
	}
	fmt.Fprintln(w)
	return nil
}
