package demo_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/bank/exporting"
	"github.com/hoithi/hoithi/server/bank/importing"
	"github.com/hoithi/hoithi/server/demo"
)

var writeSamples = flag.Bool("write-samples", false, "write the sample files in docs/samples anew")

// The demo's bank lies in docs/samples as files to import. What is read from them is what the demo itself has, item by
// item and key by key, with nothing doubtful.
func TestSampleFilesHoldTheBank(t *testing.T) {
	items, err := demo.Items()
	if err != nil {
		t.Fatal(err)
	}
	written := make([]bank.Written, len(items))
	for i, x := range items {
		written[i].Content = x.Content
	}
	for name, write := range map[string]func() ([]byte, error){
		"cau-hoi-mau.docx": func() ([]byte, error) {
			return exporting.DOCX("Ngân hàng câu hỏi mẫu: cải cách hành chính, công vụ, tin học văn phòng", written, "vi")
		},
		"cau-hoi-mau.xlsx": func() ([]byte, error) { return exporting.XLSX(written, "vi") },
	} {
		path := filepath.Join("..", "..", "docs", "samples", name)
		if *writeSamples {
			data, err := write()
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		reading, err := importing.Read(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(reading.Items) != len(items) {
			t.Fatalf("%s holds %d items, the demo %d", name, len(reading.Items), len(items))
		}
		for i, got := range reading.Items {
			if len(got.Problems) > 0 {
				t.Errorf("%s, item %d: %+v", name, i+1, got.Problems)
			}
			want := items[i].Content
			if got.Content.HashText() != want.HashText() {
				t.Errorf("%s, item %d (%s) reads as\n%+v\nwant\n%+v", name, i+1, items[i].Ref, got.Content, want)
			}
		}
	}
}
