#!/bin/bash
# Postfix and Dovecot for tests: SMTP to u1@waybill.test without login on $PORT_SMTP, submission with STARTTLS and
# login on $PORT_SUBMISSION, with TLS from the start on $PORT_SUBMISSIONS; IMAP with STARTTLS on $PORT_IMAP, with TLS on
# $PORT_IMAPS; POP3 with STLS on $PORT_POP3, with TLS on $PORT_POP3S. Usage: postfix-dovecot.sh start|stop, with
# SERVERS_DIR, PORT_* and PASSWORD set; needs root, postfix, dovecot (core, imapd, lmtpd, pop3d) and openssl. Users are u1,
# u2 and so on, as many as are asked for. Everything lives in $SERVERS_DIR.
set -euo pipefail
dir=$SERVERS_DIR
PATH=$PATH:/usr/sbin

certificate() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$dir/server.key" -out "$dir/server.crt" 2>"$dir/openssl.log"
}

start_dovecot() {
  local d=$dir/dovecot
  mkdir -p "$d/run" "$d/state" "$d/mail"
  chmod 755 "$dir" "$d" "$d/run"
  chown mail:mail "$d/mail"
  cat >"$d/dovecot.conf" <<C
base_dir = $d/run
state_dir = $d/state
instance_name = waybill-test-$PORT_IMAP
log_path = $dir/dovecot.log
protocols = imap lmtp pop3
listen = 127.0.0.1
mail_location = maildir:~/Maildir
first_valid_uid = 1
auth_mechanisms = plain login cram-md5 scram-sha-256
auth_username_format = %Ln
auth_failure_delay = 0
disable_plaintext_auth = no
ssl = yes
ssl_cert = <$dir/server.crt
ssl_key = <$dir/server.key
passdb {
  driver = static
  # as it is: each mechanism wants another hash of it
  args = password=$PASSWORD
}
userdb {
  driver = static
  args = uid=mail gid=mail home=$d/mail/%n allow_all_users=yes
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Gesendet {
    auto = create
    special_use = \\Sent
  }
}
service imap-login {
  inet_listener imap {
    port = $PORT_IMAP
  }
  inet_listener imaps {
    port = $PORT_IMAPS
    ssl = yes
  }
}
service pop3-login {
  inet_listener pop3 {
    port = $PORT_POP3
  }
  inet_listener pop3s {
    port = $PORT_POP3S
    ssl = yes
  }
}
service lmtp {
  unix_listener lmtp {
    mode = 0666
  }
}
service auth {
  unix_listener auth-client {
    mode = 0666
  }
}
service anvil {
  # no growing delay for an address whose logins fail
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
protocol imap {
  imap_idle_notify_interval = 30 s
}
protocol lmtp {
  postmaster_address = postmaster@waybill.test
}
C
  dovecot -c "$d/dovecot.conf"
}

start_postfix() {
  local d=$dir/postfix
  mkdir -p "$d/etc" "$d/spool" "$d/data"
  chmod 755 "$d"
  chown postfix "$d/data"
  [ ! -e /etc/postfix/dynamicmaps.cf ] || cp /etc/postfix/dynamicmaps.cf "$d/etc/"
  echo '/^u[0-9]+@waybill\.test$/ a mailbox' >"$d/etc/mailboxes"
  cat >"$d/etc/main.cf" <<C
compatibility_level = 3.6
myhostname = mail.waybill.test
mydomain = waybill.test
myorigin = waybill.test
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
queue_directory = $d/spool
data_directory = $d/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
maillog_file = $dir/postfix.log
maillog_file_prefixes = $dir
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = waybill.test
virtual_mailbox_maps = regexp:$d/etc/mailboxes
virtual_transport = lmtp:unix:$dir/dovecot/run/lmtp
default_transport = error:5.7.1 the test server sends nothing outside
relay_transport = error:5.7.1 the test server does not relay
message_size_limit = 52428800
mailbox_size_limit = 0
virtual_mailbox_limit = 0
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
disable_dns_lookups = yes
smtpd_tls_cert_file = $dir/server.crt
smtpd_tls_key_file = $dir/server.key
smtpd_tls_security_level = may
smtpd_tls_session_cache_database =
smtpd_sasl_type = dovecot
smtpd_sasl_path = $dir/dovecot/run/auth-client
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
C
  cat >"$d/etc/master.cf" <<C
127.0.0.1:$PORT_SMTP inet n - n - - smtpd
127.0.0.1:$PORT_SUBMISSION inet n - n - - smtpd
  -o smtpd_tls_auth_only=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
127.0.0.1:$PORT_SUBMISSIONS inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
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
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
C
  postfix -c "$d/etc" start
}

start() {
  certificate
  start_dovecot
  start_postfix
}

stop() {
  [ ! -e "$dir/postfix/etc/main.cf" ] || postfix -c "$dir/postfix/etc" stop || true
  [ ! -e "$dir/dovecot/dovecot.conf" ] || doveadm -c "$dir/dovecot/dovecot.conf" stop || true
  # both tell their children to end and do not wait for them
  local i
  for i in $(seq 50); do
    [ -e "$dir/dovecot/run/master.pid" ] || return 0
    sleep 0.1
  done
}

case ${1-} in
  start | stop) "$1" ;;
  *) echo "usage: $0 start|stop" >&2; exit 2 ;;
esac
