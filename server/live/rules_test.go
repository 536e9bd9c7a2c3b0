package live

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What a socket is given in any order, however slowly it writes: the newest view of each kind arrives, never after
// it an older one from the queue, and every kept message arrives in order; or the socket is closed.
func TestOutboxNeverLosesTheNewestView(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := outbox{maxMessages: rapid.IntRange(1, 20).Draw(t, "room"), maxBytes: 1 << 20, wake: make(chan struct{}, 1)}
		f := newFrame([]byte("x"), false)
		newest := map[string]int64{}
		written := map[string]int64{}
		var kept, keptWritten []int64
		write := func() bool {
			next, ok := o.take()
			if !ok || next.close != 0 {
				return false
			}
			p := next.parcel
			if p.keep {
				keptWritten = append(keptWritten, p.seq)
			} else {
				written[p.topic+p.kind] = max(written[p.topic+p.kind], p.seq)
			}
			return true
		}
		for i := range rapid.IntRange(0, 60).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "write") {
				write()
				continue
			}
			p := parcel{
				topic: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "topic"),
				kind:  rapid.SampledFrom([]string{"k", "l"}).Draw(t, "kind"),
				seq:   rapid.Int64Range(1, 30).Draw(t, "seq"), frame: f,
			}
			if p.keep = rapid.IntRange(0, 3).Draw(t, "keep") == 0; p.keep {
				p.seq = int64(i)
			}
			switch o.push(p) {
			case overflow, refused:
				if next, _ := o.take(); next.close != CloseReconnect {
					t.Fatalf("a full outbox must close the socket, but gave %+v", next)
				}
				return
			case queued, replaced, stale:
			}
			if p.keep {
				kept = append(kept, p.seq)
			} else {
				newest[p.topic+p.kind] = max(newest[p.topic+p.kind], p.seq)
			}
		}
		for write() {
		}
		if fmt.Sprint(kept) != fmt.Sprint(keptWritten) {
			t.Fatalf("kept %v, written %v", kept, keptWritten)
		}
		for k, seq := range newest {
			if written[k] != seq {
				t.Fatalf("%s: the newest view is %d, written was %d", k, seq, written[k])
			}
		}
		if o.bytes != 0 {
			t.Fatalf("an empty outbox counts %d bytes", o.bytes)
		}
	})
}

func TestTopicsAndPatternsFitInOneWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "parts")
		var pat, top []string
		want := Params{}
		for i := range n {
			if rapid.Bool().Draw(t, "number") {
				name := fmt.Sprintf("p%d", i)
				id := rapid.Int64Range(1, 1<<62).Draw(t, "id")
				pat, top = append(pat, "{"+name+"}"), append(top, fmt.Sprint(id))
				want[name] = id
			} else {
				word := rapid.StringMatching(`[a-z][a-z_-]{0,5}`).Draw(t, "word")
				pat, top = append(pat, word), append(top, word)
			}
		}
		p := newPattern(strings.Join(pat, "/"), TopicSpec{})
		got, ok := p.match(strings.Join(top, "/"))
		if !ok || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%s on %s: %v %v", p.text, top, got, ok)
		}
		for _, other := range []string{strings.Join(top, "/") + "/", "/" + strings.Join(top, "/"), strings.Join(top, "/") + "/1", strings.Join(top[1:], "/")} {
			if _, ok := p.match(other); ok {
				t.Fatalf("%s also fits %q", p.text, other)
			}
		}
	})
}

func TestLimitsOfCommands(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for raw, ok := range map[string]bool{
		`{"a":1,"b":"Nguyễn Thị Ánh"}`: true, nested(maxDepth): true, `{"a":"\ud83c\udf89"}`: true,
		nested(maxDepth + 1): false, `{"a":1,"a":2}`: false, `{"a":{"b":1,"b":1}}`: false, `["\u0000"]`: false,
		`{"\u0000":1}`: false, `["\ud800"]`: false, "[\"\xff\"]": false,
	} {
		if err := wholesome([]byte(raw)); (err == nil) != ok {
			t.Errorf("%q: %v", raw, err)
		}
	}
}
