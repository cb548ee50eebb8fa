#!/usr/bin/env bash
# All steps from a new account to a shared verdict, with curl: run it, or paste it piece
# by piece (without the next line). First, in another terminal: uv run --no-dev unwrapped serve
set -euo pipefail

BASE=${BASE:-http://127.0.0.1:8000}  # for https: CURL_CA_BUNDLE=…/certs/ca.crt
API=$BASE/api/v1
EXPORT=${EXPORT:-$(dirname "${BASH_SOURCE[0]:-examples/tour.sh}")/my_spotify_data.zip}
USERNAME=listener-$RANDOM$RANDOM
PASSWORD='correct horse battery staple'

# Print one member of a JSON answer; `verdict.title` names a member within a member.
field() {
    python3 -c '
import json, sys
answer = json.loads(sys.stdin.read() or "{}")
for name in sys.argv[1].split("."):
    if name not in answer:
        sys.exit(f"The service said: {answer}")
    answer = answer[name]
print(answer)' "$1"
}

# Run curl with the token, if there is one; fail if the service refuses the request.
ask() {
    curl --silent --show-error --fail-with-body ${TOKEN:+-H "Authorization: Bearer $TOKEN"} "$@"
}

# Poll a task until it has ended.
wait_for() {
    local task
    while task=$(ask "$API/tasks/$1"); do
        case $(field status <<<"$task") in
            completed) return ;;
            failed) field error_message <<<"$task" >&2; return 1 ;;
        esac
        sleep 0.3
    done
    return 1
}

echo "0. Wait until the service is ready: its database, and its worker."
curl --fail --retry 60 --retry-delay 1 --retry-connrefused "$BASE/readyz" &>/dev/null ||
    { echo "Nothing is ready at $BASE: start it with uv run --no-dev unwrapped serve" >&2; false; }

echo "1. Register $USERNAME, and sign in: the answer holds an access token for 15 minutes."
ask --json "{\"username\": \"$USERNAME\", \"password\": \"$PASSWORD\", \"time_zone\": \"Europe/Berlin\"}" "$API/auth/register" >/dev/null
TOKEN=$(ask --data-urlencode "username=$USERNAME" --data-urlencode "password=$PASSWORD" "$API/auth/token" | field access_token)

echo "2. Send the zip as it came: the body is the file, no form around it."
UPLOAD=$(ask --data-binary "@$EXPORT" -H 'Content-Type: application/octet-stream' "$API/music/uploads?name=my_spotify_data.zip" | field id)

echo "3. Import it. That is a task for a worker: the answer comes at once, with its id."
IMPORT=$(ask --json "{\"uploads\": [\"$UPLOAD\"]}" "$API/music/imports" | field id)
wait_for "$IMPORT"
ask "$API/tasks/$IMPORT/result"; echo

echo "4. Begin an analysis, of everything (or ?period=2025), wait, and fetch the portrait."
ANALYSIS=$(ask -X POST "$API/music/analysis/begin?period=all" | field id)
wait_for "$ANALYSIS"
PORTRAIT=$(ask "$API/music/analysis/result?task=$ANALYSIS")
echo
echo "   $(field verdict.title <<<"$PORTRAIT")"
echo "   $(field verdict.line <<<"$PORTRAIT")"
echo

echo "5. Share it. The link is shown this once; DELETE …/music/shares/{id} ends it."
SHARE=$(ask --json "{\"analysis\": \"$ANALYSIS\"}" "$API/music/shares" | field url)
LINK=$BASE/s/${SHARE##*/}

echo "6. Anybody who has the link may open it: no token here. As JSON for programs …"
TOKEN=
ask -H 'Accept: application/json' "$LINK" | field verdict.title
echo "… and as a page for people:"
ask -H 'Accept: text/html' "$LINK" | grep --only-matching '<title>.* – Unwrapped</title>'
echo "Open it in a browser: $SHARE"
