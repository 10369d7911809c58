#!/bin/sh
# Builds Jaeger, the trace store of `npm run stack`: Tempo has no module that can be built.
#
#   sh tools/jaeger.sh             build it when it is missing (about 3 minutes); needs Go
#   sh tools/jaeger.sh --path      print where it goes, and build nothing
set -eu

JAEGER_VERSION=1.62.0

tools=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$tools")
folder="$root/.cache/tools/jaeger-$JAEGER_VERSION"

if [ "${1:-}" = --path ]; then
  echo "$folder/jaeger"
  exit 0
fi

if [ -x "$folder/jaeger" ]; then
  echo "jaeger $JAEGER_VERSION is built in $folder"
  exit 0
fi

if ! command -v go >/dev/null 2>&1; then
  echo "SKIPPED: Go is not installed, so Jaeger cannot be built and the stack has no trace store" >&2
  exit 0
fi

echo "building jaeger $JAEGER_VERSION (about 3 minutes)"
work="$folder/work.$$"
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
GOTOOLCHAIN=local CGO_ENABLED=0 GOFLAGS=-buildvcs=false go -C "$tools/jaeger" build -mod=readonly -trimpath \
  -ldflags '-s -w' -o "$work/jaeger" github.com/jaegertracing/jaeger/cmd/all-in-one
mv -f "$work/jaeger" "$folder/jaeger"
echo "jaeger is built in $folder"
