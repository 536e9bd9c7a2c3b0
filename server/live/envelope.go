package live

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// maxDepth bounds how deep lists and objects in a command may nest.
const maxDepth = 16

// inbound is the envelope of what a browser sends.
type inbound struct {
	Kind  string         `json:"kind"`
	ID    int64          `json:"id"`
	Topic string         `json:"topic"`
	Data  jsontext.Value `json:"data"`
}

// outbound is the envelope of what a browser gets.
type outbound struct {
	kind, topic string
	id          int64
	epoch, seq  int64
	sentAt      int64
	data        any // nil: none
	fault       *FaultData
}

func (o outbound) encode() ([]byte, error) {
	b := make([]byte, 0, 256)
	b = append(b, `{"kind":"`...)
	b = append(b, o.kind...) // a kind is made of a-z, 0-9 and _: nothing to escape
	b = append(b, '"')
	if o.id != 0 {
		b = strconv.AppendInt(append(b, `,"id":`...), o.id, 10)
	}
	if o.topic != "" {
		b = append(b, `,"topic":"`...)
		b = append(b, o.topic...) // matched a registered pattern: nothing to escape
		b = strconv.AppendInt(append(b, `","epoch":`...), o.epoch, 10)
		b = strconv.AppendInt(append(b, `,"seq":`...), o.seq, 10)
	}
	b = strconv.AppendInt(append(b, `,"sent_at":`...), o.sentAt, 10)
	for _, part := range []struct {
		name string
		v    any
		has  bool
	}{{"data", o.data, o.data != nil}, {"fault", o.fault, o.fault != nil}} {
		if !part.has {
			continue
		}
		v, err := json.Marshal(part.v, json.Deterministic(true))
		if err != nil {
			return nil, fmt.Errorf("encode %s of %s: %w", part.name, o.kind, err)
		}
		b = append(append(append(b, ',', '"'), part.name...), '"', ':')
		b = append(b, v...)
	}
	return append(b, '}'), nil
}

// openEnvelope reads only as much as is needed to know whom to answer; wholesome judges the rest.
func openEnvelope(raw []byte) (inbound, error) {
	var in inbound
	err := json.Unmarshal(raw, &in, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true),
		json.RejectUnknownMembers(true))
	return in, err
}

// wholesome refuses what no program of ours sends and what a database could not keep: names given twice, invalid
// UTF-8 or lone surrogates, NUL, deep nesting. In a batch one such value would harm the others' answers.
func wholesome(raw []byte) error {
	dec := jsontext.NewDecoder(bytes.NewReader(raw))
	for {
		tok, err := dec.ReadToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if dec.StackDepth() > maxDepth {
			return fmt.Errorf("nested deeper than %d", maxDepth)
		}
		if tok.Kind() == '"' && bytes.IndexByte([]byte(tok.String()), 0) >= 0 {
			return fmt.Errorf("text with a NUL character")
		}
	}
}
