#!/bin/sh
# Builds the image that tests run in containers, out of this machine's own node and shell: no registry is needed.
# Does nothing when the image is there, and prints its name. Usage: scripts/test-images.sh [--force]
# PERFBOT_TEST_NODE=/opt/node-24/bin/node takes another node; its image is named after its version.
set -eu

IMAGE=perfbot-test/node:local
[ -z "${PERFBOT_TEST_NODE:-}" ] || IMAGE=perfbot-test/node:$("$PERFBOT_TEST_NODE" -p process.version)
echo "$IMAGE"
TOOLS="node sh sleep cat env timeout dd head seq true false ls kill"

if [ "${1:-}" != --force ] && docker image inspect "$IMAGE" >/dev/null 2>&1; then exit 0; fi

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT INT TERM
mkdir -p "$root/bin" "$root/usr" "$root/tmp" "$root/app" "$root/etc" "$root/proc" "$root/sys" "$root/dev"
ln -s ../bin "$root/usr/bin"
chmod 1777 "$root/tmp"
printf 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000:node:/tmp:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\nnode:x:1000:\n' >"$root/etc/group"

for tool in $TOOLS; do
  # `which` rather than `command -v`: a shell answers the latter with its own built-in.
  file=$([ "$tool" = node ] && [ -n "${PERFBOT_TEST_NODE:-}" ] && echo "$PERFBOT_TEST_NODE" || which "$tool") || { echo "test-images: $tool is not on the PATH" >&2; exit 1; }
  cp -L "$file" "$root/bin/$tool"
  for library in $(ldd "$file" 2>/dev/null | grep -o '/[^ )]*'); do
    mkdir -p "$root$(dirname "$library")"
    [ -e "$root$library" ] || cp -L "$library" "$root$library"
  done
done

tar -C "$root" -c . | docker import --change 'ENV PATH=/bin' --change 'WORKDIR /app' --change 'CMD ["node"]' - "$IMAGE" >/dev/null
