#!/usr/bin/env bash
# Annotations to the log, the text of the comment to a file and to the summary of the job.
# Wants WORKSPACE, BASE and HEAD_SHA beside what every step of a job has.
set -uo pipefail

file="$RUNNER_TEMP/cio-review.md"
base="${BASE:-HEAD~1}"

# A checkout has one commit: the base is brought in where it is missing.
if ! git rev-parse --verify --quiet "$base^{commit}" > /dev/null; then
  git fetch --quiet --no-tags --depth=1 origin "$base" || {
    echo "::error title=cio::The base $base cannot be fetched: check out with fetch-depth: 0."
    exit 1
  }
fi

# Exit code 1 means findings, and says nothing against going on.
cio -C "$WORKSPACE" lint --format github
[ $? -le 1 ] || exit 1

links="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/blob/$HEAD_SHA"
cio -C "$WORKSPACE" review --base "$base" --links "$links" --output "$file"
code=$?
[ $code -le 1 ] || exit 1

cat "$file" >> "$GITHUB_STEP_SUMMARY"
{
  echo "file=$file"
  echo "errors=$([ $code -eq 1 ] && echo true || echo false)"
  echo "warnings=$(grep -q '^| warning |' "$file" && echo true || echo false)"
} >> "$GITHUB_OUTPUT"
