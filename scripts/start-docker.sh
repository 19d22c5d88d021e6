#!/usr/bin/env bash
# Starts a Docker engine unless one answers, and waits until it does.
set -euo pipefail

docker version > /dev/null 2>&1 && exit 0
log=$(mktemp -t dockerd.XXXXXX.log)
setsid nohup dockerd > "$log" 2>&1 < /dev/null &
for _ in $(seq 60); do
  docker version > /dev/null 2>&1 && exit 0
  sleep 0.5
done
echo "dockerd did not start; its log:" >&2
tail -n 20 "$log" >&2
exit 1
