#!/bin/sh
# Builds programs that others wrote and that read or run what we ship: second opinions. Tests that
# ask one of them skip, and say so, where it is not built.
#
#   sh tools/peers.sh              build what is missing (about 6 minutes on two cores); needs Go
#   sh tools/peers.sh NAME...      build these only
#   sh tools/peers.sh --path NAME  print where a program goes, and build nothing
#
#   percli            reads dashboards (Perses)
#   vmalert           evaluates rule files (VictoriaMetrics)
#   victoria-metrics  stores and answers for it
#   victoria-logs     stores log events
#   compose-spec      reads docker-compose.yml and its overlays
#   jaeger            stores traces (Jaeger 2; about 7 minutes, built only when it is named)
set -eu

ALL='compose-spec victoria-logs victoria-metrics vmalert percli'

root=$(dirname "$(cd "$(dirname "$0")" && pwd)")

package_of() {
  case "$1" in
    percli) echo github.com/perses/perses/cmd/percli@v0.54.0 ;;
    vmalert) echo github.com/VictoriaMetrics/VictoriaMetrics/app/vmalert@v1.151.0 ;;
    victoria-metrics) echo github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics@v1.151.0 ;;
    victoria-logs) echo github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs@v1.52.1 ;;
    jaeger) echo github.com/jaegertracing/jaeger/cmd/jaeger@v1.76.0 ;;
    compose-spec) echo github.com/compose-spec/compose-go/v2/cmd@v2.16.2 ;;
    *)
      echo "peers: unknown program $1; known are: $ALL jaeger" >&2
      exit 2
      ;;
  esac
}
folder_of() {
  package=$(package_of "$1") || exit 2
  echo "$root/.cache/tools/$1-${package##*@v}"
}

# Inside the module's own folder, so that its own go.sum decides; `go install` would ask for a list
# of versions, which not every proxy has.
build() {
  module=${1%%/cmd*}
  module=${module%%/app/*}
  source=$(go mod download -json "$module@$2" | sed -n 's/^.*"Dir": "\(.*\)",*$/\1/p')
  GOTOOLCHAIN=local CGO_ENABLED=0 GOFLAGS=-buildvcs=false \
    go build -C "$source" -mod=readonly -trimpath -ldflags '-s -w' -o "$3" ".${1#"$module"}"
}

if [ "${1:-}" = --path ]; then
  folder=$(folder_of "${2:-}") || exit 2
  echo "$folder/$2"
  exit 0
fi

[ $# -gt 0 ] || set -- $ALL
for name in "$@"; do
  folder=$(folder_of "$name") || exit 2
  if [ -x "$folder/$name" ]; then
    echo "peers: $name is built in $folder"
    continue
  fi
  if ! command -v go >/dev/null 2>&1; then
    echo "peers: SKIPPED: Go is not installed, so $name cannot be built" >&2
    continue
  fi
  work="$folder/work.$$"
  mkdir -p "$work"
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT TERM
  echo "peers: building $name"
  package=$(package_of "$name")
  if ! build "${package%@*}" "${package#*@}" "$work/$name" >"$work/log" 2>&1; then
    tail -n 20 "$work/log" >&2
    echo "peers: FAILED: cannot build $name: the Go module proxy is $(go env GOPROXY)" >&2
    exit 1
  fi
  # Moved when it is finished, so that an interrupted build never leaves half of one.
  mv -f "$work/$name" "$folder/$name"
  rm -rf "$work"
  echo "peers: $name is built in $folder"
done
