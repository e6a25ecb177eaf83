#!/usr/bin/env bash
# Whether the job fails, once the comment is written.  Wants FAIL_ON, ERRORS and WARNINGS.
set -euo pipefail

case "$FAIL_ON" in
  never) exit 0 ;;
  errors) [ "$ERRORS" != true ] ;;
  warnings) [ "$ERRORS" != true ] && [ "$WARNINGS" != true ] ;;
  *)
    echo "::error title=cio::fail-on is $FAIL_ON, and has to be errors, warnings or never."
    exit 2
    ;;
esac
