package app

import (
	"bytes"
	"testing"
)

// The document is compared with the committed one in CI, so it must not differ from run to run.
func TestDocumentIsStable(t *testing.T) {
	first, err := Describe("0").Document()
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, err := Describe("0").Document()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, again) {
			t.Fatal("two documents of the same handlers differ")
		}
	}
}
