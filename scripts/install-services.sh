#!/usr/bin/env bash
# Installs the real servers that the tests talk to, from Debian's packages. Needs root; does nothing for what is there.
set -euo pipefail

declare -A packages=(
  [dockerd]=docker.io
  [iptables]=iptables
  [redis-server]=redis-server
  [prometheus]=prometheus
  [prometheus-alertmanager]=prometheus-alertmanager
  [nginx]=nginx
  [chromium]=chromium
  [busybox]=busybox-static
)
missing=()
for program in "${!packages[@]}"; do
  command -v "$program" > /dev/null || missing+=("${packages[$program]}")
done
[ -x /usr/lib/postgresql/15/bin/postgres ] || missing+=(postgresql-15)
[ "${#missing[@]}" -eq 0 ] && exit 0

# Debian starts services as they are installed; the tests start their own on ports of their own.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod +x "$policy"
  trap 'rm -f "$policy"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
