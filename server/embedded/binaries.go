package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Binaries is one PostgreSQL installation that was found and answers.
type Binaries struct {
	Dir     string // holds initdb and postgres
	Version string // "15.18"
	Major   int
	npm     string // root of the npm package, "" if it is none
}

// FindBinaries looks for PostgreSQL: in configured alone if it is given, else everywhere it may be; newest first.
// What does not run on this machine is left out, and its reasons are in the error when nothing is left.
func FindBinaries(ctx context.Context, configured string) ([]Binaries, error) {
	candidates := []string{configured}
	if configured == "" {
		candidates = usualPlaces()
	}
	var found []Binaries
	var reasons []error
	seen := map[string]bool{}
	for _, dir := range candidates {
		if !isFile(filepath.Join(dir, exe("initdb"))) || !isFile(filepath.Join(dir, exe("postgres"))) {
			continue
		}
		// Debian's /usr/bin holds links: the folder behind them is where share/ is found from.
		if real, err := filepath.EvalSymlinks(filepath.Join(dir, exe("postgres"))); err == nil {
			dir = filepath.Dir(real)
		}
		if seen[dir] {
			continue
		}
		seen[dir] = true
		b, err := inspect(ctx, dir)
		if err != nil {
			reasons = append(reasons, err)
			continue
		}
		found = append(found, b)
	}
	slices.SortStableFunc(found, func(a, b Binaries) int { return b.Major - a.Major })
	if len(found) == 0 {
		return nil, errNoBinaries.Because(errors.Join(append(reasons, fmt.Errorf("looked in %s", strings.Join(candidates, ", ")))...))
	}
	return found, nil
}

// usualPlaces are the system's folders and the npm package of this platform, beside the working folder and beside the
// program.
func usualPlaces() []string {
	var dirs []string
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin",
		"/usr/local/opt/postgresql@*/bin", "/Applications/Postgres.app/Contents/Versions/*/bin", `C:\Program Files\PostgreSQL\*\bin`} {
		match, _ := filepath.Glob(pattern) // the patterns are well-formed
		dirs = append(dirs, match...)
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		dirs = append(dirs, filepath.Dir(path))
	}
	pkg := npmPackage()
	var starts []string
	if cwd, err := os.Getwd(); err == nil {
		starts = append(starts, cwd)
	}
	if self, err := os.Executable(); err == nil {
		starts = append(starts, filepath.Dir(self))
	}
	for _, start := range starts {
		// The program lies in bin/, tests run in their package's folder: each folder upwards may be the project's.
		for dir := start; ; dir = filepath.Dir(dir) {
			for _, modules := range []string{"frontend/node_modules", "node_modules"} {
				dirs = append(dirs, filepath.Join(dir, modules, pkg, "native", "bin"))
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return dirs
}

// npmPackage is the name of the package that carries PostgreSQL for this platform.
func npmPackage() string {
	system := map[string]string{"windows": "windows", "darwin": "darwin"}[runtime.GOOS]
	if system == "" {
		system = runtime.GOOS
	}
	arch := map[string]string{"amd64": "x64", "386": "ia32"}[runtime.GOARCH]
	if arch == "" {
		arch = runtime.GOARCH
	}
	return "@embedded-postgres/" + system + "-" + arch
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) ((\d+)\S*)`)

// inspect asks the server for its version: proof that its libraries are there too.
func inspect(ctx context.Context, dir string) (Binaries, error) {
	b := Binaries{Dir: dir}
	if root := filepath.Dir(filepath.Dir(dir)); isFile(filepath.Join(root, "native", "pg-symlinks.json")) {
		b.npm = root
		if err := makeLinks(root); err != nil && !errors.Is(err, os.ErrPermission) {
			return b, err // without permission a copy will be made, with its links
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(dir, exe("postgres")), "--version")
	cmd.Env = childEnv()
	out, err := cmd.CombinedOutput()
	m := versionPattern.FindStringSubmatch(string(out))
	if m == nil {
		return b, fmt.Errorf("%s does not run: %w: %s", cmd.Path, errOr(err, "no version"), firstLine(out))
	}
	b.Version = m[1]
	b.Major, err = strconv.Atoi(m[2])
	if err == nil && b.Major < 15 {
		err = fmt.Errorf("%s is version %s, older than 15", cmd.Path, b.Version)
	}
	return b, err
}

// childEnv is the environment of the children: nothing of the user's locale or PG* settings may change the data.
func childEnv() []string {
	env := []string{"LC_ALL=C", "TZ=UTC"}
	for _, keep := range []string{"PATH", "SystemRoot", "TEMP", "TMP", "LD_LIBRARY_PATH"} {
		if v, ok := os.LookupEnv(keep); ok {
			env = append(env, keep+"="+v)
		}
	}
	return env
}

func exe(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func errOr(err error, text string) error {
	if err == nil {
		return errors.New(text)
	}
	return err
}

func firstLine(out []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return line
}
