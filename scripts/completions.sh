#!/usr/bin/env bash
# Writes completions/ and man/ for the archives of a release.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p completions
go run ./cmd/rivet completion bash >completions/rivet.bash
go run ./cmd/rivet completion zsh >completions/_rivet
go run ./cmd/rivet completion fish >completions/rivet.fish
SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}" go run ./internal/cli/genman man
