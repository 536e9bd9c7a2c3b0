package export

import (
	"bytes"
	"image/png"
	"strings"
	"testing"
)

func TestQRShapesAgree(t *testing.T) {
	q, err := EncodeQR("https://hoithi.example.vn/contestant/k/4mZ7Qk2hW9bTn5XvLs8RdA")
	if err != nil {
		t.Fatal(err)
	}
	data, err := q.PNG(3)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if want := (q.Size + 8) * 3; img.Bounds().Dx() != want {
		t.Fatalf("picture is %d wide, want %d", img.Bounds().Dx(), want)
	}
	dark := 0
	for y := range q.Size {
		for x := range q.Size {
			r, _, _, _ := img.At((x+4)*3+1, (y+4)*3+1).RGBA()
			if (r == 0) != q.Dark(x, y) {
				t.Fatalf("module %d,%d differs between picture and grid", x, y)
			}
			if q.Dark(x, y) {
				dark++
			}
		}
	}
	// The three finders have their ring, the code is neither empty nor full.
	for _, at := range [][2]int{{0, 0}, {q.Size - 7, 0}, {0, q.Size - 7}} {
		if !q.Dark(at[0], at[1]) || q.Dark(at[0]+1, at[1]+1) || !q.Dark(at[0]+3, at[1]+3) {
			t.Fatalf("no finder at %v", at)
		}
	}
	if share := float64(dark) / float64(q.Size*q.Size); share < 0.35 || share > 0.65 {
		t.Fatalf("share of dark modules %.2f", share)
	}
	if d, side := q.SVGPath(); side != q.Size+8 || !strings.HasPrefix(d, "M4 4h7v1h-7z") {
		t.Fatalf("path begins with %.20q, side %d", d, side)
	}
}

func TestQRRefusesWhatACameraCannotRead(t *testing.T) {
	for _, text := range []string{"", strings.Repeat("x", 301)} {
		if _, err := EncodeQR(text); err == nil {
			t.Errorf("%d characters were accepted", len(text))
		}
	}
}
