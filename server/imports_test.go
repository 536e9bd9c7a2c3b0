// Package server holds no code of its own: only the order of the rooms in it, and the test that keeps it.
package server

import (
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const project = "github.com/hoithi/hoithi/"

// order is the order of the rooms, from the ground up. A room imports those of the lines above its own, never one of
// its own line and never one below. A room's subpackages belong to it.
var order = [][]string{
	{"fault"},
	{"scoring", "ranking", "timing"},
	{"postgres", "embedded", "export"},
	{"account"},
	{"web", "live", "audit"},
	{"files", "mail"},
	{"unit"},
	{"contest"},
	{"roster"},
	{"privacy"},
	{"leader"},
	{"bank"},
	{"paper"},
	{"exam", "stage", "judging", "vote", "works"}, // the kinds of round: none knows another
	{"leaderboard"},
	{"plan"},
	{"result"},
	{"ceremony"},
	{"demo", "rehearse"},
	{"app"},
}

// pure rooms know nothing but the standard library, and of it nothing that reads the world.
var pure = []string{"scoring", "ranking", "timing"}

var unpure = []string{"os", "net", "database/sql", "math/rand", "crypto/rand", "log", "context"}

// websockets lists the packages that only one file may know: the traps of hijacked connections are dealt with there.
var websockets = []string{"github.com/gofiber/websocket", "github.com/fasthttp/websocket", "github.com/gorilla/websocket"}

const websocketFile = "live/socket.go"

type imports struct {
	path    string // from the project's root
	doc     string
	dir     string
	files   []string
	imports []string
}

func load(t *testing.T) []imports {
	t.Helper()
	const format = "{{.ImportPath}}\t{{.Doc}}\t{{.Dir}}\t{{join .GoFiles \" \"}}\t{{join .Imports \" \"}}"
	cmd := exec.Command("go", "list", "-f", format, "./server/...", "./cmd/...", "./migrations")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []imports
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		f := strings.Split(line, "\t")
		if len(f) != 5 {
			t.Fatalf("go list says %q", line)
		}
		all = append(all, imports{strings.TrimPrefix(f[0], project), f[1], f[2], strings.Fields(f[3]), strings.Fields(f[4])})
	}
	return all
}

// room is the folder of server/ that a package belongs to.
func room(path string) (string, bool) {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(path, project), "server/")
	name, _, _ := strings.Cut(rest, "/")
	return name, ok
}

func level(name string) int {
	return slices.IndexFunc(order, func(line []string) bool { return slices.Contains(line, name) })
}

func TestRoomsImportOnlyWhatIsBelowThem(t *testing.T) {
	for _, p := range load(t) {
		mine, inServer := room(p.path)
		if inServer && mine != "testkit" && mine != "server" && level(mine) < 0 {
			t.Errorf("%s has no place in the order of the rooms", p.path)
			continue
		}
		for _, i := range p.imports {
			other, ok := room(i)
			switch {
			case !strings.HasPrefix(i, project):
			case strings.HasPrefix(i, project+"cmd/"):
				t.Errorf("%s imports %s: commands are nobody's ground", p.path, i)
			case !ok || other == mine:
			case other == "testkit":
				t.Errorf("%s imports testkit: it is for tests", p.path)
			case mine == "testkit" || !inServer:
				if mine == "testkit" && level(other) > level("postgres") {
					t.Errorf("testkit imports %s: tests of that room could not use it", other)
				}
			case level(other) >= level(mine):
				t.Errorf("%s imports %s, which is not below it", p.path, other)
			}
		}
	}
}

func TestGeneratedQueriesArePrivateToTheirRoom(t *testing.T) {
	for _, p := range load(t) {
		mine, _ := room(p.path)
		for _, i := range p.imports {
			owner, ok := room(i)
			if ok && strings.HasSuffix(i, "/"+owner+"db") && p.path != "server/"+owner {
				t.Errorf("%s imports %s: only %s itself may (%s)", p.path, i, owner, mine)
			}
		}
	}
}

func TestPureRoomsKnowOnlyTheStandardLibrary(t *testing.T) {
	for _, p := range load(t) {
		if name, ok := room(p.path); !ok || !slices.Contains(pure, name) {
			continue
		}
		for _, i := range p.imports {
			first, _, _ := strings.Cut(i, "/")
			if strings.Contains(first, ".") {
				t.Errorf("%s imports %s", p.path, i)
			}
			for _, u := range unpure {
				if i == u || strings.HasPrefix(i, u+"/") {
					t.Errorf("%s imports %s: pure rules are given the time, the seed and the data", p.path, i)
				}
			}
		}
	}
}

func TestWebsocketsAreKnownInOneFile(t *testing.T) {
	for _, p := range load(t) {
		for _, file := range p.files {
			path := filepath.Join(p.dir, file)
			parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range parsed.Imports {
				for _, w := range websockets {
					if strings.HasPrefix(strings.Trim(i.Path.Value, `"`), w) && !strings.HasSuffix(filepath.ToSlash(path), "server/"+websocketFile) {
						t.Errorf("%s imports %s: only %s may", path, i.Path.Value, websocketFile)
					}
				}
			}
		}
	}
}

func TestEachPackageSaysWhatItIsFor(t *testing.T) {
	for _, p := range load(t) {
		name, _ := room(p.path)
		if generated := strings.HasSuffix(p.path, "/"+name+"db"); p.doc == "" && !generated && len(p.files) > 0 {
			t.Errorf("%s has no package comment", p.path)
		}
	}
}
