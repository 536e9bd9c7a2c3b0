package live_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/humatest"

	"github.com/hoithi/hoithi/server/live"
)

// The document must let a TypeScript switch over kind know the data of each message and command.
func TestMessagesAndCommandsStandInTheApiDocument(t *testing.T) {
	hub := live.New(live.Config{})
	stage(hub)
	choosing(hub)
	live.Handle(hub, "pass", live.CommandSpec{}, func(context.Context, *live.Client, live.Command, live.Nothing) (live.Nothing, error) {
		return live.Nothing{}, nil
	})
	_, api := humatest.New(t, huma.DefaultConfig("t", "1"))
	hub.Describe(api)
	raw, err := json.Marshal(api.OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Components struct {
			Schemas map[string]struct {
				OneOf []struct {
					Ref string `json:"$ref"`
				} `json:"oneOf"`
				Discriminator struct {
					PropertyName string            `json:"propertyName"`
					Mapping      map[string]string `json:"mapping"`
				} `json:"discriminator"`
				Required   []string `json:"required"`
				Properties map[string]struct {
					Ref  string   `json:"$ref"`
					Enum []string `json:"enum"`
				} `json:"properties"`
			} `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	schemas := doc.Components.Schemas
	for union, want := range map[string][]string{
		"ServerMessage": {"ClockMessage", "FaultMessage", "OkMessage", "OwnViewMessage", "StageViewMessage", "WelcomeMessage"},
		"ClientCommand": {"ChooseCommand", "ClockCommand", "PassCommand", "SubscribeCommand", "UnsubscribeCommand"},
	} {
		var got []string
		for _, m := range schemas[union].OneOf {
			name := m.Ref[len("#/components/schemas/"):]
			got = append(got, name)
			kind := schemas[name].Properties["kind"].Enum
			if len(kind) != 1 || schemas[union].Discriminator.Mapping[kind[0]] != m.Ref {
				t.Errorf("%s: kind %v is not told apart", name, kind)
			}
		}
		if !slices.Equal(got, want) || schemas[union].Discriminator.PropertyName != "kind" {
			t.Errorf("%s: %v", union, got)
		}
	}
	if ref := schemas["StageViewMessage"].Properties["data"].Ref; ref != "#/components/schemas/View" {
		t.Errorf("the view's schema: %q", ref)
	}
	if ref := schemas["CommandReplies"].Properties["choose"].Ref; ref != "#/components/schemas/Chosen" {
		t.Errorf("the reply's schema: %q", ref)
	}
	if r := schemas["ChooseCommand"].Required; !slices.Contains(r, "topic") || !slices.Contains(r, "data") || !slices.Contains(r, "id") {
		t.Errorf("a choose command requires %v", r)
	}
}
