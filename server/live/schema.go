package live

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

const schemaPrefix = "#/components/schemas/"

// newTypes is a registry for checking one command: types of the same name in two rooms don't meet in it.
func newTypes() huma.Registry {
	return huma.NewMapRegistry(schemaPrefix, func(t reflect.Type, hint string) string {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		return huma.DefaultSchemaNamer(t, hint) + "@" + t.PkgPath()
	})
}

// Describe adds the schemas ServerMessage, ClientCommand and CommandReplies (and all they need) to the API document.
// ServerMessage and ClientCommand are a sorted oneOf with a discriminator on kind; CommandReplies has one property
// per command, with the data of its ok reply.
func (h *Hub) Describe(api huma.API) {
	d := describer{types: api.OpenAPI().Components.Schemas}

	messages := map[string]string{
		kindWelcome: d.message(kindWelcome, map[string]*huma.Schema{"data": d.of(reflect.TypeFor[Welcome]())}, "data"),
		kindClock: d.message(kindClock, map[string]*huma.Schema{
			"data": d.of(reflect.TypeFor[ClockAnswer]()), "id": whole("number of the question, if it had one"),
		}, "data"),
		kindOK: d.message(kindOK, map[string]*huma.Schema{
			"data": {Description: "see CommandReplies"}, "id": whole("number of the command"),
		}, "id"),
		kindFault: d.message(kindFault, map[string]*huma.Schema{
			"fault": d.of(reflect.TypeFor[FaultData]()), "id": whole("number of the command"),
		}, "id", "fault"),
	}
	for kind, t := range h.kinds {
		messages[kind] = d.message(kind, map[string]*huma.Schema{
			"topic": {Type: huma.TypeString},
			"epoch": whole("with seq: order of the messages of one topic and kind"),
			"seq":   whole("a message that is not newer than the one held is ignored"),
			"data":  d.of(t),
		}, "topic", "epoch", "seq", "data")
	}
	d.union("ServerMessage", messages)

	commands := map[string]string{
		kindClock: d.command(kindClock, map[string]*huma.Schema{"data": d.of(reflect.TypeFor[ClockAsk]())}, "data"),
	}
	replies := map[string]*huma.Schema{}
	for kind, hd := range h.handlers {
		fields, required := map[string]*huma.Schema{}, []string{"id"}
		if hd.topic != nil || topicFree(kind) {
			topic := &huma.Schema{Type: huma.TypeString}
			if hd.topic != nil {
				topic.Description = hd.topic.text
			}
			fields["topic"] = topic
			required = append(required, "topic")
		}
		if hd.payload != reflect.TypeFor[Nothing]() {
			fields["data"] = d.of(hd.payload)
			required = append(required, "data")
		}
		commands[kind] = d.command(kind, fields, required...)
		if hd.reply != reflect.TypeFor[Nothing]() {
			replies[kind] = d.of(hd.reply)
		}
	}
	d.union("ClientCommand", commands)
	d.add("CommandReplies", &huma.Schema{
		Type: huma.TypeObject, Properties: replies, Required: slices.Sorted(maps.Keys(replies)),
		AdditionalProperties: false, Description: "The data of the ok reply to each command that has one.",
	})
}

type describer struct{ types huma.Registry }

func (d describer) of(t reflect.Type) *huma.Schema { return d.types.Schema(t, true, t.Name()) }

func (d describer) add(name string, s *huma.Schema) {
	if _, taken := d.types.Map()[name]; taken {
		panic(fmt.Sprintf("live: schema name %s is taken", name))
	}
	s.PrecomputeMessages()
	d.types.Map()[name] = s
}

func (d describer) message(kind string, fields map[string]*huma.Schema, required ...string) string {
	fields["sent_at"] = whole("contest time in microseconds")
	return d.object(pascal(kind)+"Message", kind, fields, append(required, "sent_at"))
}

func (d describer) command(kind string, fields map[string]*huma.Schema, required ...string) string {
	fields["id"] = whole("the reply carries it")
	return d.object(pascal(kind)+"Command", kind, fields, required)
}

func (d describer) object(name, kind string, fields map[string]*huma.Schema, required []string) string {
	fields["kind"] = &huma.Schema{Type: huma.TypeString, Enum: []any{kind}}
	d.add(name, &huma.Schema{
		Type: huma.TypeObject, Properties: fields, Required: append([]string{"kind"}, required...),
		AdditionalProperties: false,
	})
	return name
}

func (d describer) union(name string, members map[string]string) {
	s := &huma.Schema{Discriminator: &huma.Discriminator{PropertyName: "kind", Mapping: map[string]string{}}}
	for _, kind := range slices.Sorted(maps.Keys(members)) {
		ref := schemaPrefix + members[kind]
		s.OneOf = append(s.OneOf, &huma.Schema{Ref: ref})
		s.Discriminator.Mapping[kind] = ref
	}
	d.add(name, s)
}

func whole(doc string) *huma.Schema {
	return &huma.Schema{Type: huma.TypeInteger, Format: "int64", Description: doc}
}

// pascal turns stage_view into StageView.
func pascal(kind string) string {
	var b strings.Builder
	for _, word := range strings.Split(kind, "_") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}
