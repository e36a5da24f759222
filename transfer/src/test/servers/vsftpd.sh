#!/bin/bash
# vsftpd for tests: plain FTP on $PORT_FTP, explicit FTPS (required, with session reuse) on $PORT_FTPS.
# Usage: vsftpd.sh start|stop, with SERVERS_DIR, PORT_* and PASSWORD set; needs root and vsftpd, openssl.
# User $SERVERS_USER ("waybill-test" unless told), home $SERVERS_DIR/home. Everything lives in $SERVERS_DIR, but for that
# account and one file in /etc/pam.d of its name, which stop removes if this start made them; so one copy runs at a time
# for each name.
set -euo pipefail
dir=$SERVERS_DIR
user=${SERVERS_USER:-waybill-test}
pam=$user-ftp

pid_of() { cat "$dir/$1.pid" 2>/dev/null || true; }

write_config() { # write_config NAME PORT
  cat >"$dir/$1.conf" <<C
listen=YES
listen_ipv6=NO
listen_address=127.0.0.1
listen_port=$2
background=NO
local_enable=YES
anonymous_enable=NO
chroot_local_user=YES
allow_writeable_chroot=YES
write_enable=YES
local_umask=022
pam_service_name=$pam
secure_chroot_dir=$dir/empty
seccomp_sandbox=NO
pasv_address=127.0.0.1
port_enable=NO
mdtm_write=YES
utf8_filesystem=YES
log_ftp_protocol=YES
xferlog_enable=YES
vsftpd_log_file=$dir/$1.log
C
}

start() {
  # every directory above must let the user pass
  mkdir -p "$dir/home" "$dir/empty"
  chmod 755 "$dir" "$dir/home"
  # a real account, while the servers run: vsftpd ignores SIGCHLD, so pam_exec would wait for ever
  useradd --no-create-home --no-user-group --gid nogroup --home-dir "$dir/home" --shell /bin/sh "$user"
  : >"$dir/made"
  echo "$user:$PASSWORD" | chpasswd
  chown "$user" "$dir/home"
  printf 'auth required pam_unix.so\naccount required pam_unix.so\n' >"/etc/pam.d/$pam"
  openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$dir/server.key" -out "$dir/server.crt" 2>"$dir/openssl.log"
  write_config plain "$PORT_FTP"
  write_config tls "$PORT_FTPS"
  cat >>"$dir/tls.conf" <<C
ssl_enable=YES
rsa_cert_file=$dir/server.crt
rsa_private_key_file=$dir/server.key
force_local_logins_ssl=YES
force_local_data_ssl=YES
require_ssl_reuse=YES
ssl_ciphers=HIGH
strict_ssl_read_eof=YES
C
  local name
  for name in plain tls; do
    setsid vsftpd "$dir/$name.conf" >"$dir/$name.out" 2>&1 </dev/null &
    echo $! >"$dir/$name.pid"
  done
}

stop() {
  local name pid
  for name in plain tls; do
    pid=$(pid_of $name)
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
    rm -f "$dir/$name.pid"
  done
  [ -e "$dir/made" ] || return 0
  rm -f "/etc/pam.d/$pam" "$dir/made"
  userdel --force "$user" 2>"$dir/userdel.log" || true
}

case ${1-} in
  start | stop) "$1" ;;
  *) echo "usage: $0 start|stop" >&2; exit 2 ;;
esac
