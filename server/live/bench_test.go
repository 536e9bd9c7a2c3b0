package live_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/live/liveclient"
)

// benchSockets is how many browsers the benchmark has. They live in a process of their own, so that the memory that
// is measured is the server's.
const benchSockets = 5000

const benchURL = "HOITHI_LIVE_BENCH_URL"

func TestMain(m *testing.M) {
	if url := os.Getenv(benchURL); url != "" {
		browse(url)
		return
	}
	os.Exit(m.Run())
}

// browse is the process of the browsers: it connects, says "ready", and after each broadcast says how late it was.
func browse(url string) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	late := make(chan int64, benchSockets)
	var group sync.WaitGroup
	gate := make(chan struct{}, 64)
	for i := range benchSockets {
		group.Add(1)
		gate <- struct{}{}
		go func() {
			defer group.Done()
			defer func() { <-gate }()
			c, err := liveclient.Dial(ctx, liveclient.Options{
				URL: url, Cookie: fmt.Sprintf("as=entry/%d", i+1), LocalIP: fmt.Sprintf("127.0.0.%d", 2+i%8),
				OnMessage: func(m liveclient.Message) {
					if m.Kind == "stage_view" && m.Seq > 5 {
						late <- liveNow() - m.SentAt
					}
				},
			})
			if err == nil {
				err = c.Subscribe(ctx, topic)
			}
			if err != nil {
				fmt.Println("failed", err)
				os.Exit(1)
			}
		}()
	}
	group.Wait()
	fmt.Println("ready")
	for {
		all := make([]int64, 0, benchSockets)
		for range benchSockets {
			all = append(all, <-late)
		}
		slices.Sort(all)
		fmt.Println(all[len(all)/2], all[len(all)*99/100], all[len(all)-1])
	}
}

// BenchmarkBroadcast measures what an open socket costs in memory, and how long a view of 2 KiB takes to reach all.
func BenchmarkBroadcast(b *testing.B) {
	if err := live.CheckNoFile(benchSockets); err != nil {
		b.Skip(err)
	}
	h := open(b, live.Config{}, stage)
	before := memory()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), benchURL+"="+h.url)
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "ready" {
		b.Fatalf("the browsers said %q", lines.Text())
	}
	connect := time.Since(began)
	after := memory()
	pad := strings.Repeat("x", 2<<10)
	sums, n := [3]float64{}, 0
	for b.Loop() {
		n++
		h.hub.Publish(topic, live.Message{Kind: "stage_view", Epoch: 1, Seq: int64(5 + n), Data: view{Pad: pad}})
		if !lines.Scan() {
			b.Fatal("the browsers have gone")
		}
		for i, word := range strings.Fields(lines.Text()) {
			us, err := strconv.ParseFloat(word, 64)
			if err != nil {
				b.Fatal(lines.Text())
			}
			sums[i] += us / 1000
		}
	}
	b.ReportMetric(float64(after.inUse-before.inUse)/benchSockets/1024, "KiB/socket")
	b.ReportMetric(float64(after.resident-before.resident)/benchSockets/1024, "KiB-resident/socket")
	b.ReportMetric(float64(benchSockets)/connect.Seconds(), "connects/s")
	for i, name := range []string{"ms-median", "ms-p99", "ms-last"} {
		b.ReportMetric(sums[i]/float64(n), name)
	}
}

type used struct{ inUse, resident int64 }

func memory() used {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	u := used{inUse: int64(m.HeapInuse + m.StackInuse)}
	raw, err := os.ReadFile("/proc/self/statm")
	if err == nil {
		pages, _ := strconv.ParseInt(strings.Fields(string(raw))[1], 10, 64)
		u.resident = pages * int64(os.Getpagesize())
	}
	return u
}
