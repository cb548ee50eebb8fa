#!/usr/bin/env bash
# Build the image without an image registry, on a base made from Debian's packages, and
# check what docs/self-hosting.md says about it. This runs as root on Debian, and needs the
# packages podman, runc, netavark, iptables, mmdebstrap and curl.
set -euo pipefail
cd "$(dirname "$0")/.."

WORK=${WORK:-/var/tmp/unwrapped-container}
ADDRESS=127.0.0.1:${PORT:-8765}
MOST_MB=450
GRACE_SECONDS=60

mkdir -p "$WORK/base/certificates"
export CONTAINERS_CONF=$WORK/containers.conf CONTAINERS_STORAGE_CONF=$WORK/storage.conf
# The limits can also be set when this script itself runs in a container. The images are
# stored in a folder of their own.
cat >"$CONTAINERS_CONF" <<END
[containers]
default_ulimits = ["nofile=16384:16384", "nproc=16384:16384"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
END
cat >"$CONTAINERS_STORAGE_CONF" <<END
[storage]
driver = "${STORAGE_DRIVER:-overlay}"
graphroot = "$WORK/storage"
runroot = "$WORK/run"
END

fail() {
    echo "$*" >&2
    exit 1
}

since() {
    echo $((($(date +%s%N) - $1) / 1000000))
}

make_base() {
    podman image exists debian:trixie-slim && return
    mmdebstrap --quiet --variant=minbase --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        trixie "$WORK/base/debian.tar"
    cp /usr/local/share/ca-certificates/*.crt "$WORK/base/certificates/" 2>/dev/null || true
    podman build --quiet --isolation chroot --tag docker.io/library/debian:trixie-slim --file - "$WORK/base" <<END
FROM scratch
ADD debian.tar /
COPY certificates /usr/local/share/ca-certificates
END
}

until_ready() {
    curl --fail --silent --show-error --output /dev/null --retry 120 --retry-delay 1 --retry-all-errors \
        "http://$ADDRESS/readyz" 2>/dev/null || fail "It is not ready: podman logs unwrapped-check"
}

# Start a container on the volume, with these options, and print how long the start took.
start() {
    local began=$(date +%s%N)
    podman run --detach --name unwrapped-check --publish "$ADDRESS:8000" \
        --volume unwrapped-check:/var/lib/unwrapped "$@" unwrapped >/dev/null
    until_ready
    echo "ready after $(since "$began") ms ${*:+($*)}"
}

remove() {
    podman rm --force --time 0 unwrapped-check >/dev/null 2>&1 || true
}

# After SIGTERM, the service must end by itself (128 + 15), before SIGKILL after the grace time.
stop() {
    local began=$(date +%s%N)
    podman stop --time "$GRACE_SECONDS" unwrapped-check >/dev/null
    code=$(podman inspect --format '{{.State.ExitCode}}' unwrapped-check)
    [ "$code" = 143 ] || fail "SIGTERM ended it with code $code"
    echo "stopped after $(since "$began") ms"
}

find_share() {
    curl --fail --silent --show-error --header 'Accept: application/json' "http://$ADDRESS/s/$share" >/dev/null ||
        fail "What was stored is gone $1"
    echo "the imported history is there $1"
}

make_base
podman build --isolation chroot --format docker --network host --tag unwrapped .
remove
podman volume rm --force unwrapped-check >/dev/null
trap remove EXIT

size=$(podman image inspect --format '{{.Size}}' unwrapped)
echo "size: $((size / 1000000)) MB"
[ "$size" -le $((MOST_MB * 1000000)) ] || fail "More than $MOST_MB MB"

start
[ "$(podman exec unwrapped-check id -u)" != 0 ] || fail "It runs as root"
podman healthcheck run unwrapped-check || fail "HEALTHCHECK fails"
said=$(BASE=http://$ADDRESS bash examples/tour.sh) || fail "$said"
share=${said##*/}
find_share "after an import"

stop
podman start unwrapped-check >/dev/null
until_ready
find_share "after a restart"

podman kill --signal KILL unwrapped-check >/dev/null
remove
start --read-only --read-only-tmpfs=false --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges
find_share "after a crash, in another container that is read-only"
stop
