#!/bin/sh
# Builds the reference programs that the stack tests compare Telltale with: Prometheus, promtool,
# Alertmanager, amtool and the OTel Collector. They come from the Go module proxy and nowhere else.
#
#   sh tools/build.sh               build what is missing; seconds when everything is there
#   sh tools/build.sh --directory   print where the programs go, and build nothing
#
# They land in .cache/tools/<hash of the recipes>/bin; .cache/tools/current points there. Without Go
# nothing is built and the stack tests skip; with Go a failed build is a failure.
set -eu

PROMETHEUS_VERSION=3.14.0
ALERTMANAGER_VERSION=0.31.1
AMTOOL_VERSION=0.34.0
OTELCOL_VERSION=0.158.0

tools=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$tools")

sha256() { if command -v sha256sum >/dev/null 2>&1; then sha256sum; else shasum -a 256; fi; }
hash=$(cd "$tools" &&
  cat build.sh otelcol/manifest.yaml prometheus/go.mod prometheus/go.sum | sha256 | cut -c1-16)
output="$root/.cache/tools/$hash"
bin="$output/bin"

if [ "${1:-}" = --directory ]; then
  echo "$bin"
  exit 0
fi

missing=''
for program in prometheus promtool alertmanager amtool otelcol; do
  [ -x "$bin/$program" ] || missing="$missing $program"
done

point_current() {
  # A link of its own name first: `ln -sfn` is not atomic, `mv` is.
  ln -sfn "$hash" "$root/.cache/tools/current.$$"
  mv -f -T "$root/.cache/tools/current.$$" "$root/.cache/tools/current" 2>/dev/null ||
    { rm -f "$root/.cache/tools/current.$$"; ln -sfn "$hash" "$root/.cache/tools/current"; }
}

if [ -z "$missing" ]; then
  point_current
  echo "tools: all reference programs are built in $bin"
  exit 0
fi

if ! command -v go >/dev/null 2>&1; then
  echo "tools: SKIPPED: Go is not installed, so$missing cannot be built and the stack tests will skip" >&2
  exit 0
fi

export GOTOOLCHAIN=local CGO_ENABLED=0 GOFLAGS=-buildvcs=false
started=$(date +%s)
work="$output/work.$$"
mkdir -p "$bin" "$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

elapsed() { echo "$(($(date +%s) - started)) s"; }
say() { echo "tools: [$(elapsed)] $*"; }
is_missing() { case "$missing " in *" $1 "*) true ;; *) false ;; esac; }

# Runs a command quietly; on failure prints the end of what it wrote and stops.
attempt() {
  what=$1
  shift
  if ! "$@" >"$work/log" 2>&1; then
    tail -n 40 "$work/log" >&2
    echo "tools: FAILED: cannot build $what after $(elapsed): the Go module proxy is $(go env GOPROXY)" >&2
    exit 1
  fi
}

# Moves a finished program into place, so that an interrupted build never leaves half of one.
install_program() {
  mv -f "$work/$1" "$bin/$1"
  say "$1 is built"
}

build_prometheus() {
  say "building $1 $PROMETHEUS_VERSION (about 2 minutes for the first of prometheus and promtool)"
  attempt "$1" go -C "$tools/prometheus" build -mod=readonly -trimpath -tags netgo,remove_all_sd \
    -ldflags "-s -w -X github.com/prometheus/common/version.Version=$PROMETHEUS_VERSION" \
    -o "$work/$1" "github.com/prometheus/prometheus/cmd/$1"
  install_program "$1"
}

build_alertmanager() {
  say "building $1 $2 (about 30 seconds)"
  attempt "$1" env GOBIN="$work" go install -trimpath \
    -ldflags "-s -w -X github.com/prometheus/common/version.Version=$2" \
    "github.com/prometheus/alertmanager/cmd/$1@v$2"
  install_program "$1"
}

build_otelcol() {
  say "building the builder of otelcol $OTELCOL_VERSION (about 20 seconds)"
  attempt 'the builder of otelcol' env GOBIN="$work" \
    go install -trimpath "go.opentelemetry.io/collector/cmd/builder@v$OTELCOL_VERSION"
  say "building otelcol $OTELCOL_VERSION (about 5 minutes)"
  # The manifest's output path is relative, so the builder runs inside the work folder.
  attempt otelcol sh -c 'cd "$1" && ./builder --config "$2"' sh "$work" "$tools/otelcol/manifest.yaml"
  mv "$work/_build/otelcol-telltale" "$work/otelcol"
  install_program otelcol
}

say "building$missing with $(go env GOVERSION) into $bin"
for program in prometheus promtool; do
  if is_missing "$program"; then build_prometheus "$program"; fi
done
if is_missing alertmanager; then build_alertmanager alertmanager "$ALERTMANAGER_VERSION"; fi
if is_missing amtool; then build_alertmanager amtool "$AMTOOL_VERSION"; fi
if is_missing otelcol; then build_otelcol; fi
point_current
say 'done'
