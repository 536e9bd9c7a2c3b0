#!/usr/bin/env bash
# Everything that must hold before a change is shared. Each step runs even when an earlier one failed; the last line
# is "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/.."
began=$(date +%s)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

# step NAME COMMAND...: its output is shown when it fails.
step() {
	local name=$1 start
	shift
	start=$(date +%s)
	if "$@" >"$work/log" 2>&1; then
		passed=$((passed + 1))
		echo "ok     $name  $(($(date +%s) - start)) s"
	else
		failed=$((failed + 1))
		echo "FAILED $name  $(($(date +%s) - start)) s"
		tail -n 200 "$work/log"
	fi
}

# beside NAME COMMAND [NAME COMMAND]...: these one after the other, beside the steps that follow; joined tells how they
# went. What uses one core may run so.
beside() {
	besides=$(($# / 2))
	(
		while [ $# -gt 0 ]; do
			start=$(date +%s)
			"$2" >"$work/beside.$(($# / 2))" 2>&1 && word=ok || word=FAILED
			echo "$word $(($(date +%s) - start)) $(($# / 2)) $1" >>"$work/besides"
			shift 2
		done
	) &
	beside_pid=$!
}

joined() {
	local word seconds number name told=0
	wait "$beside_pid"
	while read -r word seconds number name; do
		told=$((told + 1))
		[ "$word" = ok ] && passed=$((passed + 1)) || failed=$((failed + 1))
		printf '%-6s %s  %s s\n' "$word" "$name" "$seconds"
		[ "$word" = ok ] || tail -n 200 "$work/beside.$number"
	done <"$work/besides"
	[ "$told" = "$besides" ] || { failed=$((failed + 1)) && echo "FAILED to run beside: $((besides - told))"; }
	rm -f "$work/besides"
}

# count adds the counts "passed failed skipped" that a runner has left; a runner that left none has failed.
count() {
	local p f s
	if read -r p f s <"$work/counts" 2>/dev/null; then
		passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
		[ "$1" = 0 ] || [ "$f" != 0 ] || failed=$((failed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED to run"
	fi
	rm -f "$work/counts"
}

# Nothing here needs cgo, and what was compiled with it cannot be used without it: tools, program and linter share what
# the first of them has compiled.
export CGO_ENABLED=0
sqlc_diff() { go tool -modfile=tools/sqlc.mod sqlc diff; }
lint() { go tool -modfile=tools/golangci-lint.mod golangci-lint "$@"; }
fresh_openapi() { bin/hoithi openapi >"$work/openapi.json" && diff -u frontend/openapi.json "$work/openapi.json"; }
pages() { make -s frontend/build/site/index.html; }
weight() { npm --prefix frontend run --silent size; }
fresh_types() { npm --prefix frontend run --silent check:api; }
styleguide() { npm --prefix frontend run --silent build:styleguide && touch "$work/styleguide"; }

check_pages() {
	local code=0
	npm --prefix frontend run --silent check || code=1
	npm --prefix frontend run --silent lint || code=1
	return $code
}

go_tests() {
	echo "== Go"
	local race=(-race) cgo=1
	command -v gcc >/dev/null || command -v clang >/dev/null || { race=() cgo=0; echo "without the race detector: it needs a C compiler"; }
	# The linter has vetted the tests already. Four packages at a time: most of their time they wait for the database.
	CGO_ENABLED=$cgo go test ${race[@]+"${race[@]}"} -p 4 -vet=off -ldflags=-w -json -timeout 20m ./cmd/... ./server/... ./migrations/... ./frontend | node tools/gotest.mjs "$work/counts"
	count "${PIPESTATUS[0]}"
}

# The tests' database server would go by itself after a while; nobody needs it any more.
stop_server() {
	local guard
	for guard in /tmp/hoithi-test-"$(id -u)"-*/guard; do
		# Held: its process lives, and the number beside it is its own.
		[ -e "$guard" ] && ! flock -n "$guard" true && kill -TERM "$(cat "${guard%guard}pid")"
	done 2>/dev/null
}

unit_tests() { (cd frontend && npx --no-install vitest run --reporter=default --reporter=json --outputFile.json="$work/vitest.json"); }

# count_units adds the counts of unit_tests beside which it ran.
count_units() {
	echo "== Frontend"
	node -e 'const r=JSON.parse(require("fs").readFileSync(process.argv[1]));
		console.log(r.numPassedTests,r.numFailedTests+r.numRuntimeErrorTestSuites|0,r.numPendingTests)' "$work/vitest.json" >"$work/counts" 2>/dev/null ||
		rm -f "$work/counts"
	count 0
}

browser_tests() {
	echo "== Browser"
	(cd frontend && CI=1 HOITHI_STYLEGUIDE_BUILT=$([ -e "$work/styleguide" ] && echo 1) PLAYWRIGHT_JSON_OUTPUT_NAME="$work/e2e.json" npx --no-install playwright test --reporter=list,json) 2>&1 | tee "$work/log"
	local code=${PIPESTATUS[0]}
	node -e 'const s=JSON.parse(require("fs").readFileSync(process.argv[1])).stats;
		console.log(s.expected+s.flaky,s.unexpected,s.skipped)' "$work/e2e.json" >"$work/counts" 2>/dev/null ||
		rm -f "$work/counts"
	count "$code"
}

tools/install.sh || { echo "0 passed, 1 failed"; exit 1; }

echo "== Checks"
# The pages first: the program carries them, and its tests ask for them. Node uses one core; the compiler takes the other.
beside "build the pages" pages "weight of the contestant's pages" weight
step "generated queries are fresh (sqlc diff)" sqlc_diff
joined
beside "svelte-check, prettier and eslint" check_pages "TypeScript of the API is fresh" fresh_types \
	"unit tests of the pages" unit_tests "build the style guide" styleguide
step "build the program" make -s bin/hoithi
step "golangci-lint, and go vet within it" lint run ./cmd/... ./server/... ./migrations/... ./frontend
step "openapi.json is fresh" fresh_openapi
go_tests
stop_server
joined
count_units
if HOITHI_CHROMIUM=$(tools/chromium.sh); then
	export HOITHI_CHROMIUM
	browser_tests
else
	echo "== Browser: left out, there is no Chromium on this machine"
fi

echo
echo "took $((($(date +%s) - began) / 60)) min $((($(date +%s) - began) % 60)) s; $skipped skipped"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
