#!/usr/bin/env bash
# The step of action.yml that judges: from the event to the commits, and from the report to annotations, the job summary
# and files. It needs no token and no secret.
set -euo pipefail

main="$RUNNER_TEMP/portcullis/node_modules/@portcullis-gate/cli/dist/src/cli/main.cjs"

fail() {
  echo "::error title=portcullis::$1"
  echo "exit-code=2" >>"$GITHUB_OUTPUT"
  exit 2
}

# Fetches what a shallow checkout left out.
fetch() {
  git fetch --quiet --no-tags "$@" || fail "cannot fetch what the change is judged from. Give actions/checkout fetch-depth: 0"
}

# The tree of HEAD as a commit on top of $1: it is what the merge gives, so that no history is needed.
onto() {
  GIT_AUTHOR_NAME=portcullis GIT_AUTHOR_EMAIL=portcullis@localhost \
    GIT_COMMITTER_NAME=portcullis GIT_COMMITTER_EMAIL=portcullis@localhost \
    git commit-tree -p "$1" -m judged "HEAD^{tree}"
}

range=() before=""
if [[ -n "$INPUT_BASE" ]]; then
  range=(--base "$INPUT_BASE" --head HEAD)
else
  case "$GITHUB_EVENT_NAME" in
    pull_request)
      # actions/checkout has the merge of the pull request into its base; the base is its first parent.
      git rev-parse --verify --quiet "HEAD^1" >/dev/null || fetch --depth=2 origin "$GITHUB_SHA"
      git rev-parse --verify --quiet "HEAD^2" >/dev/null ||
        fail "what is checked out is no merge commit. Leave out ref of actions/checkout, or set base"
      range=(--base "$(git rev-parse "HEAD^1")" --head HEAD)
      ;;
    pull_request_target | workflow_run)
      fail "expected the event pull_request: $GITHUB_EVENT_NAME runs with the secrets of the base"
      ;;
    merge_group)
      before="$MERGE_GROUP_BASE"
      ;;
    push)
      # A new branch has nothing before it, and is judged as it is.
      if [[ "$PUSH_BEFORE" =~ [1-9a-f] ]]; then before="$PUSH_BEFORE"; fi
      ;;
  esac
fi
if [[ -n "$before" ]]; then
  git cat-file -e "$before^{commit}" 2>/dev/null || fetch --depth=1 origin "$before"
  head="$(onto "$before")"
  range=(--base "$before" --head "$head")
fi

arguments=()
while IFS= read -r line; do
  if [[ -n "$line" ]]; then arguments+=("$line"); fi
done <<<"$INPUT_ARGUMENTS"

reports="$RUNNER_TEMP/portcullis-reports"
mkdir -p "$reports"
code=0
node "$main" check ${range[@]+"${range[@]}"} -o github -o "markdown=$reports/summary.md" -o "sarif=$reports/portcullis.sarif" \
  -o "json=$reports/portcullis.json" ${arguments[@]+"${arguments[@]}"} || code=$?
echo "exit-code=$code" >>"$GITHUB_OUTPUT"
if [[ ! -s "$reports/portcullis.json" ]]; then
  echo "::error title=portcullis::could not be judged: the log of this step says why"
  exit 2
fi
cat "$reports/summary.md" >>"$GITHUB_STEP_SUMMARY"
{
  echo "report=$reports/portcullis.json"
  echo "sarif=$reports/portcullis.sarif"
} >>"$GITHUB_OUTPUT"
exit "$code"
