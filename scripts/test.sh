#!/usr/bin/env bash
# All that CI checks. It brings what it needs where it may (Debian packages as
# root, `npm ci` where Node is), runs the rest where it may not, and says at its
# end what was left out and what to install. With CI=true nothing may be.
set -uo pipefail
cd "$(dirname "$0")/.."

left=()      # what was left out, and how to mend it
failed=()    # steps that failed
sdk_totals="" # of the SDK's tests
web_totals="" # of the Studio's
page_totals="" # of the Studio's in a browser

say() { printf '\n== %s\n' "$*"; }
step() { # NAME COMMAND…
  say "$1"
  if ! "${@:2}"; then failed+=("$1"); fi
}
have() { command -v "$1" >/dev/null 2>&1; }
sum256() { if have sha256sum; then sha256sum; else shasum -a 256; fi; }

# debian installs packages if it may; it says nothing if it may not.
updated=
debian() {
  [ "$(id -u)" = 0 ] && have apt-get || return 1
  if [ -z "$updated" ]; then apt-get update -qq >/dev/null 2>&1; updated=1; fi
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1
}

formatted() {
  local files
  files=$(git ls-files -co --exclude-standard '*.go' | xargs -r gofmt -l)
  [ -z "$files" ] && return
  printf 'not as gofmt writes it (run: make gen):\n%s\n' "$files"
  return 1
}

# generated files are what their generators write.
generated() {
  local before after
  before=$(git diff | sum256)
  go generate ./... || return 1
  after=$(git diff | sum256)
  [ "$before" = "$after" ] && return
  echo "make gen changes these:"
  git diff --stat
  return 1
}

node_major() { node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0; }

# Node runs the SDK's own tests and some of e2e's; rivet itself needs none.
node_ready=
need_node() {
  have node && have npm || debian nodejs npm
  if ! have node || ! have npm || [ "$(node_major)" -lt 20 ]; then
    left+=("the SDK's tests, and those of e2e that run in Node: install Node 20.10 or newer, with npm (https://nodejs.org)")
    return
  fi
  node_ready=1
}

# packages DIR [FLAG…]: npm ci, unless that has been done for this lock file.
packages() {
  local stamp="$1/node_modules/.lock" sum
  sum=$(sum256 <"$1/package-lock.json")
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sum" ] && return
  npm --prefix "$1" ci "${@:2}" --no-audit --no-fund --loglevel=error && echo "$sum" >"$stamp"
}

# libraries: real packages that tests of the runtime load (also used by e2e).
libraries() {
  local from=e2e/testdata/conf_npm cache dir
  [ -f $from/package-lock.json ] || return 0
  cache="${XDG_CACHE_HOME:-$HOME/.cache}/rivet-e2e"
  dir="$cache/$(sum256 <$from/package-lock.json | cut -c1-16)"
  if [ ! -d "$dir" ]; then
    mkdir -p "$cache" && tmp=$(mktemp -d "$cache/installing-XXXXXX") || return 1
    cp $from/package.json $from/package-lock.json "$tmp" &&
      npm --prefix "$tmp" ci --ignore-scripts --no-audit --no-fund --loglevel=error && mv "$tmp" "$dir" || { rm -rf "$tmp"; return 1; }
  fi
  export RIVET_LIBRARIES="$dir"
}

sdk_tests() {
  (cd sdk && npx --no-install tsc -p . && node node_modules/typescript54/bin/tsc -p . && npx --no-install biome check .) || return 1
  local code
  vitest sdk
  code=$?
  sdk_totals=$(vitest_totals sdk)
  return $code
}

vitest() { # DIR
  (cd "$1" && npx --no-install vitest run --reporter=default --reporter=json --outputFile.json=node_modules/.vitest.json)
}

vitest_totals() { # DIR
  node -e '
    const r = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
    console.log(r.numPassedTests, r.numFailedTests, r.numPendingTests + r.numTodoTests)' "$1/node_modules/.vitest.json" 2>/dev/null
}

web_tests() {
  (cd web && npx --no-install tsc -p . && npx --no-install biome check .) || return 1
  local code
  vitest web
  code=$?
  web_totals=$(vitest_totals web)
  return $code
}

# web_dist: what is committed is what the sources give.
web_dist() {
  (cd web && npx --no-install vite build --logLevel warn) || return 1
  git diff --exit-code --stat -- web/dist && [ -z "$(git ls-files -o --exclude-standard web/dist)" ] && return
  echo "web/dist isn't what web/ builds (run: make web, and commit it)"
  return 1
}

# page_tests: the Studio of the real binary in a real browser.
page_tests() {
  local code
  (cd web && npx --no-install playwright test -c e2e)
  code=$?
  page_totals=$(node -e '
    const s = JSON.parse(require("fs").readFileSync("web/node_modules/.e2e.json", "utf8")).stats;
    console.log(s.expected, s.unexpected + s.flaky, s.skipped)' 2>/dev/null)
  return $code
}

go_tests() {
  local race=(-race)
  if ! CGO_ENABLED=1 go env CC >/dev/null || ! have "$(go env CC | cut -d' ' -f1)"; then debian gcc libc6-dev || true; fi
  if ! have "$(go env CC | cut -d' ' -f1)"; then
    race=()
    left+=("the race detector: install a C compiler (apt install gcc libc6-dev)")
  fi
  CGO_ENABLED=$([ ${#race[@]} -gt 0 ] && echo 1 || echo 0) \
    go test -json -p 2 -timeout 12m "${race[@]}" "${GO_PACKAGES:-./...}" | "$tools/testsum" -totals "$tools/totals"
}

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
go build -o "$tools/testsum" ./internal/testkit/cmd/testsum || exit 1

step "gofmt" formatted
step "generated files" generated
step "go vet" go vet ./...
step "staticcheck" go tool staticcheck ./...
need_node
if [ -n "$node_ready" ]; then
  if packages sdk; then
    step "sdk: tsc, biome, vitest" sdk_tests
  else
    left+=("the SDK's tests: npm ci in sdk/ failed; it needs the npm registry")
  fi
  if packages web --ignore-scripts; then
    step "web: tsc, biome, vitest" web_tests
    step "web: dist is what the sources give" web_dist
    have chromium || debian chromium
    if have chromium; then
      CHROMIUM=$(command -v chromium) step "web: in a browser" page_tests
    else
      left+=("the Studio's tests in a browser: install Chromium (apt install chromium)")
    fi
  else
    left+=("the Studio's tests: npm ci in web/ failed; it needs the npm registry")
  fi
  libraries || left+=("tests of libraries from npm: npm ci failed; it needs the npm registry")
fi
have zsh && have fish || debian zsh fish || left+=("completion in zsh and fish: install both")
step "go test -race" go_tests

read -r gp gf gs < <(cat "$tools/totals" 2>/dev/null || echo 0 0 0)
read -r sp sf ss <<<"${sdk_totals:-0 0 0}"
read -r wp wf ws <<<"${web_totals:-0 0 0}"
read -r pp pf ps <<<"${page_totals:-0 0 0}"
say "total"
for f in ${failed[@]+"${failed[@]}"}; do echo "failed: $f"; done
for l in ${left[@]+"${left[@]}"}; do echo "left out: $l"; done
[ "$gs" = 0 ] || echo "left out: $gs Go tests; each is named above with its reason"
echo "$((gp + sp + wp + pp)) passed, $((gf + sf + wf + pf)) failed, $((gs + ss + ws + ps)) skipped"
if [ ${#failed[@]} -gt 0 ]; then exit 1; fi
if [ "${CI:-}" = true ] && [ $((${#left[@]} + gs + ss + ws + ps)) -gt 0 ]; then
  echo "CI=true: nothing may be left out"
  exit 1
fi
