#!/bin/sh
# Builds what judges the Helm chart: Helm itself; kubectl-validate, which holds the API schemas of
# Kubernetes 1.23 to 1.30 inside and therefore needs no cluster and no network; and the definitions
# of the Prometheus Operator's kinds, which it does not know.
#
#   sh tools/kubernetes.sh             build what is missing (about 7 minutes); needs Go
#   sh tools/kubernetes.sh --path X    print where X goes: helm, kubectl-validate or crds
set -eu

HELM_VERSION=4.2.4
KUBECTL_VALIDATE_VERSION=0.0.4
PROMETHEUS_OPERATOR_VERSION=0.85.0

root=$(dirname "$(cd "$(dirname "$0")" && pwd)")
tools="$root/.cache/tools"

path_of() {
  case "$1" in
    helm) echo "$tools/helm-$HELM_VERSION/helm" ;;
    kubectl-validate) echo "$tools/kubectl-validate-$KUBECTL_VALIDATE_VERSION/kubectl-validate" ;;
    crds) echo "$tools/prometheus-operator-crds-$PROMETHEUS_OPERATOR_VERSION" ;;
    *)
      echo "tools: nothing called \"$1\" here: use helm, kubectl-validate or crds" >&2
      exit 1
      ;;
  esac
}

if [ "${1:-}" = --path ]; then
  path_of "${2:-}"
  exit 0
fi

missing=''
for program in helm kubectl-validate crds; do
  [ -x "$(path_of "$program")" ] || missing="$missing $program"
done
if [ -z "$missing" ]; then
  echo "tools: helm, kubectl-validate and crds are in $tools"
  exit 0
fi
if ! command -v go >/dev/null 2>&1; then
  echo "tools: SKIPPED: Go is not installed, so$missing cannot be built" >&2
  exit 0
fi

export GOTOOLCHAIN=local CGO_ENABLED=0 GOFLAGS=-buildvcs=false
work="$tools/kubernetes.$$"
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# Moved when it is finished, so that an interrupted build never leaves half of one.
build() {
  echo "tools: building $1 from $2 (some minutes)"
  GOBIN="$work" go install -trimpath -ldflags "-s -w ${3:-}" "$2"
  mkdir -p "$(dirname "$(path_of "$1")")"
  mv -f "$work/$1" "$(path_of "$1")"
  echo "tools: $1 is built in $(dirname "$(path_of "$1")")"
}

# Out of the operator's module, which has them among its examples.
fetch_crds() {
  module=github.com/prometheus-operator/prometheus-operator@v$PROMETHEUS_OPERATOR_VERSION
  source=$(cd "$work" && go mod download -json "$module" | sed -n 's/^.*"Dir": "\(.*\)".*$/\1/p')
  mkdir -p "$work/crds"
  for kind in servicemonitors prometheusrules; do
    cp "$source/example/prometheus-operator-crd/monitoring.coreos.com_$kind.yaml" "$work/crds"
  done
  chmod -R u+w "$work/crds"
  mv -f "$work/crds" "$(path_of crds)"
  echo "tools: the Prometheus Operator's kinds are in $(path_of crds)"
}

for program in $missing; do
  case "$program" in
    helm) build helm "helm.sh/helm/v4/cmd/helm@v$HELM_VERSION" \
      "-X helm.sh/helm/v4/internal/version.version=v$HELM_VERSION" ;;
    kubectl-validate) build kubectl-validate "sigs.k8s.io/kubectl-validate@v$KUBECTL_VALIDATE_VERSION" ;;
    crds) fetch_crds ;;
  esac
done
