# shellcheck shell=bash disable=SC2154 # variables of whoever sources it
# What the benchmarks share: taking down times, medians, rows for people and as JSON. Sourced; wants $room.

note() { printf '%s %s\n' "$2" "${3:-0}" >>"$room/times/$1"; } # note NAME SECONDS [CPU-SECONDS]
known() { [ -s "$room/times/$1" ]; }
# median NAME [2]: of the seconds, or of the CPU seconds
median() { awk -v c="${2:-1}" '{ print $c }' "$room/times/$1" | sort -n | awk '{ v[NR] = $1 } END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
calc() { awk "BEGIN { printf \"${2:-%.3f}\", $1 }"; } # calc EXPRESSION [FORMAT]
holds() { awk "BEGIN { exit !($1) }"; }

rows=()
# json NAME UNIT OURS PEER RATIO GOAL MET [MORE]: an empty word is null
json() {
  rows+=("{\"name\":\"$1\",\"unit\":\"$2\",\"ours\":$3,\"peer\":${4:-null},\"ratio\":${5:-null},\"goal\":${6:-null},\"met\":${7:-null}${8:+,$8}}")
}
write_json() { printf '[\n%s\n]\n' "$(IFS=$'\n'; sed '$!s/$/,/' <<<"${rows[*]}")" >"$1"; }

# at_least NAME UNIT OURS PEER GOAL [MORE]: the goal is a ratio to PEER, or absolute if that is empty; without a goal it is only
# said. Sets ratio and met.
at_least() {
  ratio='' met=''
  [ -z "$4" ] || ratio=$(calc "$3 / $4" %.2f)
  if [ -n "$5" ]; then
    met=false
    if holds "$3 / ${4:-1} >= $5"; then met=true; fi # not of the rounded ratio
  fi
  json "$1" "$2" "$3" "$4" "$ratio" "$5" "$met" "${6:-}"
}

# at_most NAME UNIT OURS GOAL: prints it too
at_most() {
  local met=false
  [[ $3 =~ ^[0-9.]+$ ]] || { echo "at_most $1: \"$3\" is no number" >&2 && return 1; }
  if holds "$3 <= $4"; then met=true; fi
  json "$1" "$2" "$3" "" "" "$4" "$met"
  printf '%-60s %10s %-4s goal %6s  %s\n' "$1" "$3" "$2" "<= $4" "$met"
}
