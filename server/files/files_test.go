package files

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/hoithi/hoithi/server/fault"
)

func TestLookKnowsAPictureByReadingIt(t *testing.T) {
	picture := image.NewPaletted(image.Rect(0, 0, 12, 7), color.Palette{color.White, color.Black})
	for kind, encode := range map[string]func(*bytes.Buffer) error{
		"image/png":  func(b *bytes.Buffer) error { return png.Encode(b, picture) },
		"image/jpeg": func(b *bytes.Buffer) error { return jpeg.Encode(b, picture, nil) },
		"image/gif":  func(b *bytes.Buffer) error { return gif.Encode(b, picture, nil) },
	} {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		f, err := look(b.Bytes(), DefaultLimits.Image)
		if err != nil || f.ContentType != kind || f.Width != 12 || f.Height != 7 || len(f.Hash) != 32 {
			t.Errorf("%s: %+v, %v", kind, f, err)
		}
		if _, err := look(b.Bytes()[:len("GIF89a")], DefaultLimits.Image); err == nil {
			t.Errorf("%s cut off must be refused", kind)
		}
	}
	for name, data := range map[string][]byte{
		"a page": []byte("<html><script>alert(1)</script>"), "a drawing": []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`),
		"a document": []byte("%PDF-1.7"), "nothing": nil,
	} {
		if _, err := look(data, DefaultLimits.Image); !fault.IsKind(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestIDsAreNotGuessed(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		id := NewID()
		if len(id) != 32 || seen[id] {
			t.Fatalf("id %q", id)
		}
		seen[id] = true
	}
}
