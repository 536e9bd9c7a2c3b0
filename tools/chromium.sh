#!/usr/bin/env bash
# Prints where Chromium is: HOITHI_CHROMIUM, the system's, or the one that Playwright has fetched. Fails if there is none.
if [ -n "${HOITHI_CHROMIUM:-}" ]; then
	echo "$HOITHI_CHROMIUM"
	exit
fi
for name in chromium chromium-browser google-chrome google-chrome-stable; do
	command -v "$name" && exit
done
for path in "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}"/chromium-*/chrome-linux*/chrome; do
	[ -x "$path" ] && echo "$path" && exit
done
exit 1
