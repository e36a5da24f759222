# shellcheck shell=bash disable=SC2034,SC2154 # variables of whoever sources it, and for it
# What the benchmarks of mail share: a near end and, at the other end of a long path, a far one; and processes that stay warm and are
# asked (Talk.java). Sourced behind rows.sh, machine.sh and link.sh; wants $room, $trip, $mbit and die.

# A PLACE is "near" or "far"; ${at[PLACE]} is the command that another command runs there by, "" for here, and ${host[PLACE]} its address.
declare -A at=([near]="" [far]="") host=([near]=127.0.0.1 [far]=$address)
linked=
make_path() { # sets trips: 0, and that of the link, if it can be had
  trips=(0)
  if [ "$(id -u)" = 0 ] && [ -e /dev/net/tun ] && need gcc gcc && need ip iproute2; then
    require_link
    linked=yes
    open_path "$trip" "$mbit"
    at=([near]="ip netns exec $near" [far]="ip netns exec $far")
    trips+=("$trip")
  else
    missing+=("a link of $trip ms (takes root, gcc, iproute2 and /dev/net/tun)")
  fi
}
place() { [ "$1" = 0 ] && echo near || echo far; } # place ROUND-TRIP

end() { # end PID...
  [ $# != 0 ] || return 0
  kill "$@" 2>/dev/null || true
  wait "$@" 2>/dev/null || true
}
talking=()
ends=() # of pipes that are ours alone
apart() { # apart COMMAND...: becomes it, without them
  local end
  for end in "${ends[@]}"; do eval "exec $end>&-"; done
  exec "$@"
}
declare -A in_of=() out_of=()
talk() { # talk NAME COMMAND...: a process that is asked at in_of[NAME] and answers at out_of[NAME]
  local in out
  mkfifo "$room/$1.in" "$room/$1.out"
  (apart ${at[near]} "${@:2}") <"$room/$1.in" >"$room/$1.out" 2>"$room/$1.err" &
  talking+=($!)
  exec {in}>"$room/$1.in" {out}<"$room/$1.out"
  rm "$room/$1.in" "$room/$1.out"
  ends+=("$in" "$out")
  in_of[$1]=$in out_of[$1]=$out
}
ask() { # ask NAME COMMAND...: sets seconds, cpu and peak; fails if it does, and says why
  local name=$1 why
  shift
  said="it has ended: $(tail -n 3 "$room/$name.err" | xargs -d '\n')"
  echo "$*" >&"${in_of[$name]}" && read -r -t 600 seconds cpu peak why <&"${out_of[$name]}" || return 1
  [ "$seconds" = failed ] || return 0
  said="$cpu $peak $why"
  return 1
}
