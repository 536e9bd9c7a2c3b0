#!/usr/bin/env bash
# Installs what the tests need beside Go and Node: the frontend's packages (with them a PostgreSQL), and, where this
# machine allows it, redis-server, Chromium and a C compiler. What is there already is left alone.
set -uo pipefail
cd "$(dirname "$0")/.."

have() { command -v "$1" >/dev/null 2>&1; }

for tool in go node npm; do
	have "$tool" || { echo "install.sh: $tool is needed (Go 1.26, Node 20 or newer)" >&2; exit 1; }
done

if [ ! -f frontend/node_modules/.package-lock.json ] || [ frontend/package-lock.json -nt frontend/node_modules/.package-lock.json ]; then
	echo "installing the frontend's packages"
	(cd frontend && npm ci --no-progress) || exit 1
	touch frontend/node_modules/.package-lock.json
fi

wanted=()
have redis-server || wanted+=(redis-server)
tools/chromium.sh >/dev/null || wanted+=(chromium)
# The race detector needs a C compiler.
have gcc || have clang || wanted+=(gcc libc6-dev)
if [ ${#wanted[@]} -gt 0 ] && have apt-get; then
	as_root=()
	if [ "$(id -u)" != 0 ]; then as_root=(sudo -n); fi
	if "${as_root[@]}" true 2>/dev/null; then
		echo "installing ${wanted[*]}"
		# Its service is not wanted: the tests start their own.
		"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 sh -c \
			'apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"' sh "${wanted[@]}" >/dev/null ||
			echo "install.sh: apt-get could not install ${wanted[*]}" >&2
	fi
fi
if ! tools/chromium.sh >/dev/null; then
	(cd frontend && npx --no-install playwright install chromium) ||
		echo "install.sh: no Chromium: the tests in the browser will be left out" >&2
fi
have redis-server || echo "install.sh: no redis-server: its tests run on the built-in server alone" >&2
exit 0
