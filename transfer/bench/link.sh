# shellcheck shell=bash disable=SC2154 # variables of whoever sources it
# A long path: two network namespaces, joined by a link of a given round trip and rate (wanlink.c). Sourced; wants $room, $bench and die.
# Needs root, gcc, iproute2 and /dev/net/tun. $LOSS is the share of packets that get lost (default 0); the queue is that of one round
# trip, at least 256 KiB.

near=wa-$$ far=wb-$$
address=10.99.0.2 # of the far end
running=() # of what belongs to the link

require_link() {
  [ "$(id -u)" = 0 ] || die "network namespaces and TUN devices need root"
  [ -e /dev/net/tun ] || die "there is no /dev/net/tun"
  need gcc gcc && need ip iproute2 || die "could not get: ${missing[*]}"
  gcc -O2 -o "$room/wanlink" "$bench/wanlink.c"
}
at() { ip netns exec "$@"; } # at near|far COMMAND
open_path() { # open_path ROUND-TRIP-MS MBIT
  local i queue
  queue=$(calc "$1 * $2 / 8.192" %.0f)
  for i in "$near" "$far"; do ip netns add "$i"; ip -n "$i" link set lo up; done
  "$room/wanlink" "$near" "$far" --delay-ms "$(calc "$1 / 2" %.1f)" --rate-mbit "$2" --queue-kb "$((queue > 256 ? queue : 256))" --loss "${LOSS:-0}" >"$room/link" 2>&1 3>&- 5>&- &
  running+=($!)
  for i in $(seq 300); do if grep -q ready "$room/link" 2>/dev/null; then break; fi; sleep 0.1; done
  grep -q ready "$room/link" 2>/dev/null || die "the link does not come up: $(<"$room/link")"
  ip -n "$near" addr add 10.99.0.1/24 dev wan0
  ip -n "$far" addr add "$address/24" dev wan0
  for i in "$near" "$far"; do
    ip -n "$i" link set wan0 up
    # what the kernel learned from one connection must not help the next
    at "$i" sysctl -qw net.ipv4.tcp_no_metrics_save=1 2>/dev/null || true
  done
}
close_path() {
  # all that runs in there is ours; rsync, asked kindly, would wait for the end of a connection that the link took with it
  local each
  for each in "$near" "$far"; do ip netns pids "$each" 2>/dev/null | xargs -r kill -9 2>/dev/null || true; done
  [ ${#running[@]} = 0 ] || kill "${running[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  running=()
  ip netns del "$near" 2>/dev/null || true
  ip netns del "$far" 2>/dev/null || true
}
