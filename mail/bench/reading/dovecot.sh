# shellcheck shell=bash disable=SC2154 # variables of whoever sources it
# A dovecot for any user with the password "secret", at both ends; all of them have their mail in $room/mail. Sourced behind talk.sh; wants
# $room, die and apart.

declare -A port=() # of PLACE

start_dovecot() { # start_dovecot PLACE
  local d=$room/dovecot-$1 i
  port[$1]=$(free_port)
  mkdir -p "$d/run" "$d/state"
  cat >"$d/conf" <<C
base_dir = $d/run
state_dir = $d/state
instance_name = waybill-bench-$1
log_path = $d/log
protocols = imap
listen = ${host[$1]}
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:~/Maildir
maildir_very_dirty_syncs = yes
first_valid_uid = 1
mail_max_userip_connections = 2000
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=mail gid=mail home=$room/mail/%n
}
namespace inbox {
  inbox = yes
  separator = /
}
default_client_limit = 4000
default_process_limit = 2000
default_vsz_limit = 4 G
mailbox_idle_check_interval = 1 s
service imap-login {
  inet_listener imap {
    port = ${port[$1]}
  }
  inet_listener imaps {
    port = 0
  }
  service_count = 0
}
C
  (apart ${at[$1]} dovecot -c "$d/conf") >"$d/started" 2>&1 || die "dovecot does not start: $(<"$d/started")"
  for i in $(seq 100); do
    ! ${at[$1]} bash -c '(exec 3<>"/dev/tcp/$0/$1") 2>/dev/null' "${host[$1]}" "${port[$1]}" || return 0
    sleep 0.1
  done
  die "dovecot does not listen: $(tail -n 3 "$d/log")"
}

stop_dovecot() {
  local conf
  for conf in "$room"/dovecot-*/conf; do
    [ ! -e "$conf" ] || doveadm -c "$conf" stop >>"$room/said" 2>&1 || true
  done
}
