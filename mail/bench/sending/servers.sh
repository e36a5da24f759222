# shellcheck shell=bash disable=SC2154 # variables of whoever sources it
# What mail is sent to: postfix's smtp-sink, which throws away, and a postfix of its own that has a queue on disk and discards what
# comes out of it. Sourced; wants $room, $disk, die, end and apart. A PLACE is "near" or "far"; ${at[PLACE]} is the command that another
# command runs there by, "" for here, and ${host[PLACE]} what it listens at there.

declare -A port=() # of SERVER-PLACE
serving=()

await() { # await PLACE PORT: until somebody listens there
  ${at[$1]} bash -c 'for i in $(seq 100); do (exec 3<>"/dev/tcp/$0/$1") 2>/dev/null && exit; sleep 0.1; done; exit 1' "${host[$1]}" "$2"
}

start_sink() { # start_sink NAME PLACE [OPTION...]
  port[$1]=$(free_port)
  # 200 may wait; the user is one who owns nothing
  (apart ${at[$2]} smtp-sink $([ "$(id -u)" != 0 ] || echo -u nobody) "${@:3}" "${host[$2]}:${port[$1]}" 200) >"$room/$1.log" 2>&1 &
  serving+=($!)
  await "$2" "${port[$1]}" || die "smtp-sink does not start: $(<"$room/$1.log")"
}

postfix_of() { echo "$disk/postfix-$1"; } # postfix_of PLACE

start_postfix() { # start_postfix PLACE; fails if it does not
  local d
  d=$(postfix_of "$1")
  port[postfix-$1]=$(free_port)
  mkdir -p "$d/etc" "$d/spool" "$d/data"
  chown postfix "$d/data"
  [ ! -e /etc/postfix/dynamicmaps.cf ] || cp /etc/postfix/dynamicmaps.cf "$d/etc/"
  cat >"$d/etc/main.cf" <<C
compatibility_level = 3.6
myhostname = mail.bench.test
mydestination =
mynetworks =
inet_interfaces = all
inet_protocols = ipv4
queue_directory = $d/spool
data_directory = $d/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
maillog_file = $d/maillog
maillog_file_prefixes = $d
alias_maps =
alias_database =
local_recipient_maps =
relay_domains = bench.test
relay_transport = discard:
default_transport = error:5.7.1 the benchmark sends nothing outside
smtpd_relay_restrictions = reject_unauth_destination
message_size_limit = 52428800
mailbox_size_limit = 0
smtpd_peername_lookup = no
disable_dns_lookups = yes
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
in_flow_delay = 0
default_process_limit = 300
C
  cat >"$d/etc/master.cf" <<C
${host[$1]}:${port[postfix-$1]} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
C
  (apart ${at[$1]} postfix -c "$d/etc" start) >"$room/postfix-$1.log" 2>&1 && await "$1" "${port[postfix-$1]}"
}

queued() { find "$(postfix_of "$1")/spool"/{incoming,active,deferred,maildrop} -type f -print -quit; } # queued PLACE

drain() { # drain PLACE: until nothing waits there
  local i
  for i in $(seq 3000); do [ -n "$(queued "$1")" ] && sleep 0.02 || return 0; done
  die "postfix does not get rid of its queue: $(tail -n 3 "$(postfix_of "$1")/maillog")"
}

stop_servers() {
  local place
  for place in near far; do
    # not "stop", which waits for clients
    [ ! -e "$(postfix_of "$place")/spool/pid/master.pid" ] || postfix -c "$(postfix_of "$place")/etc" abort >>"$room/said" 2>&1 || true
  done
  end "${serving[@]}"
}
