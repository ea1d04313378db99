#!/usr/bin/env bash
# The hook for pre-commit. It runs the npm package of this version, which it installs once beside itself.
# Judges FROM..TO where pre-commit gives a range; else what is staged against HEAD; else, with nothing staged, everything.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
package="${PORTCULLIS_PACKAGE:-@portcullis-gate/cli@$(node -p 'require(process.argv[1]).version' "$here/package.json")}"
installed="$here/.pre-commit-portcullis"

if [[ ! -d "$installed" ]]; then
  draft="$(mktemp -d "$here/.pre-commit-XXXXXX")"
  trap 'rm -rf "$draft"' EXIT
  npm install --prefix "$draft" --silent --ignore-scripts --no-audit --no-fund "$package" >&2
  mv "$draft" "$installed"
fi

range=()
if [[ -n "${PRE_COMMIT_FROM_REF:-}" && -n "${PRE_COMMIT_TO_REF:-}" ]]; then
  range=(--base "$PRE_COMMIT_FROM_REF" --head "$PRE_COMMIT_TO_REF")
elif git rev-parse --verify --quiet HEAD >/dev/null && ! git diff --cached --quiet; then
  staged="$(GIT_AUTHOR_NAME=portcullis GIT_AUTHOR_EMAIL=portcullis@localhost \
    GIT_COMMITTER_NAME=portcullis GIT_COMMITTER_EMAIL=portcullis@localhost \
    git commit-tree -p HEAD -m staged "$(git write-tree)")"
  range=(--base "$(git rev-parse HEAD)" --head "$staged")
fi
exec node "$installed/node_modules/@portcullis-gate/cli/dist/src/cli/main.cjs" check ${range[@]+"${range[@]}"} "$@"
