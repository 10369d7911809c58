#!/bin/sh
# Builds Mailpit, which judges how many mail clients support the HTML of an e-mail. It is apart from
# build.sh, because only one test asks for it: without it that test skips and says so.
#
#   sh tools/mailpit.sh             build it when it is missing (about 3 minutes); needs Go
#   sh tools/mailpit.sh --path      print where it goes, and build nothing
set -eu

MAILPIT_VERSION=1.33.1

root=$(dirname "$(cd "$(dirname "$0")" && pwd)")
folder="$root/.cache/tools/mailpit-$MAILPIT_VERSION"

if [ "${1:-}" = --path ]; then
  echo "$folder/mailpit"
  exit 0
fi
if [ -x "$folder/mailpit" ]; then
  echo "tools: mailpit is built in $folder"
  exit 0
fi
if ! command -v go >/dev/null 2>&1; then
  echo 'tools: SKIPPED: Go is not installed, so mailpit cannot be built' >&2
  exit 0
fi

export GOTOOLCHAIN=local CGO_ENABLED=0 GOFLAGS=-buildvcs=false
work="$folder/work.$$"
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
echo "tools: building mailpit $MAILPIT_VERSION (about 3 minutes)"
GOBIN="$work" go install -trimpath -ldflags '-s -w' "github.com/axllent/mailpit@v$MAILPIT_VERSION"
# Moved when it is finished, so that an interrupted build never leaves half of one.
mv -f "$work/mailpit" "$folder/mailpit"
echo "tools: mailpit is built in $folder"
