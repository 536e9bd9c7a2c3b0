package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/bank/exporting"
	"github.com/hoithi/hoithi/server/export"
)

// limitOfImports is within what a list that comes in must be read, and within what it must be taken.
const limitOfImports = 10 * time.Second

const (
	peopleOfFile = 5_000
	itemsOfFile  = 2_000
)

// moves brings files in and out of that contest over HTTP: 5,000 people, 2,000 questions as a spreadsheet and as a
// document, and the list of its 100,000 entries. It gives the longest step of an import as a share of the limit.
func (m *amounts) moves(b *testing.B, l *lot, client *http.Client, address string) (slowest float64) {
	base := fmt.Sprintf("http://%s/api/organizer/contests/%d", address, m.contest.ID)
	ask := func(method, path string, body []byte) []byte {
		return fetched(b, client, method, base+path, m.organizer, body)
	}
	fmt.Printf("\nload average %s\n%-44s %8s %12s\n", load(), "", "s", "more MB")
	// step says what something took, and how far the heap of this process, which serves and asks, grew meanwhile.
	step := func(what string, limited bool, do func()) {
		grew, took := heapWhile(do)
		if limited {
			slowest = max(slowest, float64(took)/float64(limitOfImports))
		}
		fmt.Printf("%-44s %8.2f %12.0f\n", what, took.Seconds(), float64(grew)/(1<<20))
	}
	read := func(data []byte, into any) {
		if err := json.Unmarshal(data, into); err != nil {
			b.Fatalf("%v in %.300s", err, data)
		}
	}

	var brought struct{ ID, New, Errors, Added int }
	people := l.peopleFile(peopleOfFile)
	step("5,000 people: read", true, func() { read(ask(http.MethodPost, "/import?name=danh-sach.xlsx", people), &brought) })
	if brought.New < peopleOfFile*9/10 {
		b.Fatalf("%d of %d rows are new, %d refused", brought.New, peopleOfFile, brought.Errors)
	}
	expected := brought.New
	upload := fmt.Sprintf("/import/%d", brought.ID)
	notes := seenWhile(b, client, base+upload+"/progress", m.organizer, func() {
		step("5,000 people: take", true, func() { read(ask(http.MethodPost, upload+"/take", []byte(`{}`)), &brought) })
	})
	if brought.Added != expected {
		b.Fatalf("%d of %d people were taken", brought.Added, expected)
	}
	fmt.Printf("   meanwhile its progress was at %d places\n", notes)

	for _, format := range []bank.Format{bank.XLSX, bank.DOCX} {
		data := l.itemsFile(b, format, itemsOfFile)
		var preview bank.Preview
		step(fmt.Sprintf("2,000 questions as %s: read", format), true, func() { read(ask(http.MethodPost, "/bank/imports?name=cau-hoi", data), &preview) })
		var chosen struct {
			Rows []bank.ChosenRow `json:"rows"`
		}
		for _, item := range preview.Items {
			if !bank.HasError(item.Problems) {
				chosen.Rows = append(chosen.Rows, bank.ChosenRow{Row: item.Row})
			}
		}
		if len(chosen.Rows) != itemsOfFile {
			b.Fatalf("%d of %d questions could be read as %s", len(chosen.Rows), itemsOfFile, format)
		}
		body, err := json.Marshal(chosen)
		if err != nil {
			b.Fatal(err)
		}
		var done bank.Imported
		step(fmt.Sprintf("2,000 questions as %s: take", format), true, func() { read(ask(http.MethodPost, "/bank/imports/"+preview.ID+"/confirm", body), &done) })
		if done.Added != itemsOfFile {
			b.Fatalf("%d questions were taken, %d were there", done.Added, len(done.Skipped))
		}
	}

	for _, what := range []struct{ name, body string }{{"list of 100,000 entries", `{}`}, {"the same with phone and birth date", `{"personal":["phone","birth_date"]}`}} {
		step(what.name, false, func() {
			fmt.Printf("   %d KB\n", sent(b, client, http.MethodPost, base+"/entries/export", m.organizer, what.body)>>10)
		})
	}
	return slowest
}

// peopleFile is a list as an office sends it.
func (l *lot) peopleFile(n int) []byte {
	l.t.Helper()
	sheet := export.Sheet{Name: "Danh sách", Columns: []export.Column{{Title: "STT"}, {Title: "Họ và tên"}, {Title: "Đơn vị"}, {Title: "Bảng thi"}, {Title: "Ngày sinh"}, {Title: "Số điện thoại"}}}
	for i := range n {
		sheet.Rows = append(sheet.Rows, []any{i + 1, l.person(), l.unitNames[2+l.r.IntN(manyUnits-1)], l.c.Divisions[i%3].Name, l.born().Format("02/01/2006"), l.phone()})
	}
	var b writer
	if err := export.WriteWorkbook(&b, sheet); err != nil {
		l.t.Fatal(err)
	}
	return b
}

type writer []byte

func (w *writer) Write(p []byte) (int, error) {
	*w = append(*w, p...)
	return len(p), nil
}

// itemsFile is a file of questions that the bank does not have.
func (l *lot) itemsFile(b *testing.B, format bank.Format, n int) []byte {
	items := make([]bank.Written, n)
	for i := range items {
		items[i].Content = l.item(1_000_000+i, []string{"Chủ đề lớn 1", "Chủ đề lớn 2 / Nhánh 3"})
	}
	data, err := exporting.Write(format, "Ngân hàng câu hỏi", items, "vi")
	if err != nil {
		b.Fatal(err)
	}
	return data
}

// heapWhile tells how long something took and how far the heap grew at most meanwhile.
func heapWhile(do func()) (uint64, time.Duration) {
	runtime.GC()
	debug.FreeOSMemory()
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	held := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	before := held()
	most, over, ended := before, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			most = max(most, held())
			select {
			case <-over:
				return
			case <-tick.C:
			}
		}
	}()
	began := time.Now()
	do()
	took := time.Since(began)
	close(over)
	<-ended
	return most - before, took
}

// seenWhile asks how far the taking of a list is, as its page does, and counts the places it was seen at.
func seenWhile(b *testing.B, client *http.Client, address, cookie string, do func()) int {
	ctx, stop := context.WithCancel(b.Context())
	ended, seen := make(chan struct{}), map[int]bool{}
	go func() {
		defer close(ended)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			var at struct{ Done int }
			if json.Unmarshal(fetched(b, client, http.MethodGet, address, cookie, nil), &at) == nil {
				seen[at.Done] = true
			}
		}
	}()
	do()
	stop()
	<-ended
	return len(seen)
}
