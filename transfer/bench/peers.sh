# shellcheck shell=bash disable=SC2154 # variables of whoever sources it
# The programs that ours is held to, with their daemons, on loopback, or where $peer_host is, in which case $peer_at is the words before
# a command that runs there. Sourced; wants $room and $disk ("" for none).
#
# Each peer has PEER_put SOURCE NAME and PEER_get NAME TARGET; "big" is a file, every other name a tree. What it stores is in
# $(stored PEER)/NAME, and pid_of[PEER] is the daemon that works for it, if it could be had.

. "$(dirname "${BASH_SOURCE[0]}")/machine.sh"
declare -A pid_of=()
peer_host=${peer_host:-127.0.0.1}
read -ra peer_at <<<"${peer_at:-}"

await_port() { # await_port PORT
  local i
  for i in $(seq 100); do (exec 3<>"/dev/tcp/$peer_host/$1") 2>/dev/null && return; sleep 0.1; done
  return 1
}

start_peers() {
  mkdir -p "$room"/{peer,ssh,ftp/up,empty}
  if need rsync rsync; then start_rsync || missing+=("rsync's daemon, which does not start"); fi
  if need ssh openssh-client && need /usr/sbin/sshd openssh-server; then start_sshd || missing+=("sshd, which does not start"); fi
  if need vsftpd vsftpd && need openssl openssl; then start_vsftpd || missing+=("vsftpd, which does not start (only root can do that)"); fi
  need curl curl || true
  need lftp lftp || true
  if need rclone rclone; then configure_rclone; fi
}

stop_peers() {
  local pid
  for pid in "${pid_of[rsync]:-}" "${pid_of[scp]:-}" "${pid_of[curl]:-}" "${pid_of[curls]:-}"; do
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
  done
}

# Those that start a daemon fail if it does not listen; nothing ends the script then, so that each step says so itself.
start_rsync() {
  rsync_port=$(free_port)
  cat >"$room/rsyncd.conf" <<C
pid file = $room/rsyncd.pid
log file = $room/rsyncd.log
address = $peer_host
port = $rsync_port
use chroot = no
reverse lookup = no
$([ "$(id -u)" != 0 ] || printf 'uid = root\ngid = root\n')
[up]
path = $room/peer
read only = no
[disk]
path = ${disk:-$room/peer}
read only = no
C
  "${peer_at[@]}" rsync --daemon --config="$room/rsyncd.conf" && await_port "$rsync_port" || return 1
  pid_of[rsync]=$(<"$room/rsyncd.pid")
  [ -z "$disk" ] || pid_of[rsyncdisk]=${pid_of[rsync]}
}

start_sshd() {
  ssh_port=$(free_port)
  ssh-keygen -q -t ed25519 -N '' -f "$room/ssh/host"
  ssh-keygen -q -t ed25519 -N '' -f "$room/ssh/key"
  [ "$(id -u)" != 0 ] || mkdir -p /run/sshd
  cat >"$room/ssh/config" <<C
ListenAddress $peer_host
Port $ssh_port
HostKey $room/ssh/host
AuthorizedKeysFile $room/ssh/key.pub
StrictModes no
PermitRootLogin yes
UsePAM no
UseDNS no
PidFile $room/ssh/sshd.pid
Subsystem sftp internal-sftp
C
  "${peer_at[@]}" /usr/sbin/sshd -f "$room/ssh/config" -E "$room/ssh/log" && await_port "$ssh_port" || return 1
  ssh_there=$(id -un)@$peer_host
  ssh_options=(-i "$room/ssh/key" -o StrictHostKeyChecking=no -o "UserKnownHostsFile=$room/ssh/known" -o LogLevel=ERROR -c aes128-gcm@openssh.com)
  local peer pid
  pid=$(<"$room/ssh/sshd.pid")
  for peer in scp sftp; do pid_of[$peer]=$pid; done
  ! command -v rsync >/dev/null || pid_of[ssh]=$pid
}

# Anonymous users, so that no account has to be made; they may not write to the root of what they see.
start_vsftpd() {
  [ "$(id -u)" = 0 ] || return 1
  chown daemon "$room/ftp/up"
  openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost -keyout "$room/ftp.key" -out "$room/ftp.crt" 2>/dev/null
  ftp_port=$(free_port) ftps_port=$(free_port)
  vsftpd_config "$ftp_port" >"$room/ftp.conf"
  { vsftpd_config "$ftps_port"; cat <<C; } >"$room/ftps.conf"
ssl_enable=YES
allow_anon_ssl=YES
rsa_cert_file=$room/ftp.crt
rsa_private_key_file=$room/ftp.key
force_anon_logins_ssl=YES
force_anon_data_ssl=YES
require_ssl_reuse=YES
ssl_ciphers=HIGH
C
  local peer plain tls
  setsid "${peer_at[@]}" vsftpd "$room/ftp.conf" </dev/null >"$room/ftp.log" 2>&1 &
  plain=$!
  setsid "${peer_at[@]}" vsftpd "$room/ftps.conf" </dev/null >"$room/ftps.log" 2>&1 &
  tls=$!
  await_port "$ftp_port" && await_port "$ftps_port" || { kill "$plain" "$tls" 2>/dev/null; return 1; }
  for peer in curl lftp rclone; do pid_of[$peer]=$plain; done
  for peer in curls lftps; do pid_of[$peer]=$tls; done
}

vsftpd_config() { # vsftpd_config PORT
  cat <<C
listen=YES
listen_ipv6=NO
listen_address=$peer_host
listen_port=$1
background=NO
local_enable=NO
anonymous_enable=YES
no_anon_password=YES
ftp_username=daemon
anon_root=$room/ftp
write_enable=YES
anon_upload_enable=YES
anon_mkdir_write_enable=YES
anon_other_write_enable=YES
anon_world_readable_only=NO
anon_umask=022
secure_chroot_dir=$room/empty
seccomp_sandbox=NO
pasv_address=$peer_host
port_enable=NO
xferlog_enable=NO
max_per_ip=0
C
}

configure_rclone() {
  cat >"$room/rclone.conf" <<C
[ftp]
type = ftp
host = $peer_host
port = ${ftp_port:-21}
user = anonymous
pass = $(rclone obscure anonymous)

[sftp]
type = sftp
host = $peer_host
port = ${ssh_port:-22}
user = $(id -un)
key_file = $room/ssh/key
C
  [ -z "${pid_of[scp]:-}" ] || pid_of[rclonessh]=${pid_of[scp]}
}

stored() { # stored PEER
  case $1 in
    rsyncdisk) echo "$disk" ;;
    rsync | ssh | scp | sftp | rclonessh) echo "$room/peer" ;;
    *) echo "$room/ftp/up" ;;
  esac
}

program_of() { # program_of PEER
  case $1 in
    rsync*) echo rsync ;;
    curl*) echo curl ;;
    lftp*) echo lftp ;;
    rclone*) echo rclone ;;
    *) echo ssh ;;
  esac
}

called() { # called PEER: for people
  case $1 in
    rsync) echo "rsync" ;;
    rsyncdisk) echo "rsync --fsync" ;;
    ssh) echo "rsync over ssh" ;;
    curl) echo "curl FTP" ;;
    curls) echo "curl FTPS" ;;
    lftp) echo "lftp FTP" ;;
    lftps) echo "lftp FTPS" ;;
    rclone) echo "rclone FTP" ;;
    rclonessh) echo "rclone SFTP, hash" ;;
    *) echo "$1" ;;
  esac
}

can() { [ -n "${pid_of[$1]:-}" ] && command -v "$(program_of "$1")" >/dev/null; } # can PEER

slash() { [ "$1" = big ] || echo /; } # of a tree's name

rsync_put() { rsync -a --whole-file "$1$(slash "$2")" "rsync://$peer_host:$rsync_port/up/$2$(slash "$2")"; }
rsync_get() { rsync -a --whole-file "rsync://$peer_host:$rsync_port/up/$1$(slash "$1")" "$2$(slash "$1")"; }
rsyncdisk_put() { rsync -a --whole-file --fsync "$1$(slash "$2")" "rsync://$peer_host:$rsync_port/disk/$2$(slash "$2")"; }
rsyncdisk_get() { rsync -a --whole-file --fsync "rsync://$peer_host:$rsync_port/disk/$1$(slash "$1")" "$2$(slash "$1")"; }

ssh_put() { rsync -a --whole-file -e "ssh ${ssh_options[*]} -p $ssh_port" "$1$(slash "$2")" "$ssh_there:$room/peer/$2$(slash "$2")"; }
ssh_get() { rsync -a --whole-file -e "ssh ${ssh_options[*]} -p $ssh_port" "$ssh_there:$room/peer/$1$(slash "$1")" "$2$(slash "$1")"; }

scp_put() { scp -q -r "${ssh_options[@]}" -P "$ssh_port" "$1" "$ssh_there:$room/peer/$2"; }
scp_get() { scp -q -r "${ssh_options[@]}" -P "$ssh_port" "$ssh_there:$room/peer/$1" "$2"; }

sftp_put() { echo "put $1 $room/peer/$2" | sftp -q -b - "${ssh_options[@]}" -P "$ssh_port" "$ssh_there"; }
sftp_get() { echo "get $room/peer/$1 $2" | sftp -q -b - "${ssh_options[@]}" -P "$ssh_port" "$ssh_there"; }

curl_put() { curl -sS -T "$1" "ftp://$peer_host:$ftp_port/up/$2"; }
curl_get() { curl -sS -o "$2" "ftp://$peer_host:$ftp_port/up/$1"; }
curls_put() { curl -sS --ssl-reqd --insecure -T "$1" "ftp://$peer_host:$ftps_port/up/$2"; }
curls_get() { curl -sS --ssl-reqd --insecure -o "$2" "ftp://$peer_host:$ftps_port/up/$1"; }

with_lftp() { # with_lftp PORT COMMAND [SETTINGS]
  LFTP_HOME=$room/lftp lftp -c "set cmd:fail-exit yes; set net:max-retries 2; ${3:+$3; }open -p $1 ftp://$peer_host; cd up; $2"
}
lftp_tls="set ssl:verify-certificate no; set ftp:ssl-allow-anonymous yes; set ftp:ssl-force yes; set ftp:ssl-protect-data yes"
lftp_put() { with_lftp "$ftp_port" "$([ "$2" = big ] && echo "put $1 -o $2" || echo "mirror -R --parallel=4 $1 $2")"; }
lftp_get() { with_lftp "$ftp_port" "$([ "$1" = big ] && echo "get $1 -o $2" || echo "mirror --parallel=4 $1 $2")"; }
lftps_put() { with_lftp "$ftps_port" "put $1 -o $2" "$lftp_tls"; }
lftps_get() { with_lftp "$ftps_port" "get $1 -o $2" "$lftp_tls"; }

with_rclone() { rclone --config "$room/rclone.conf" --cache-dir "$room/rclone" "$@"; }
rclone_put() { with_rclone "$([ "$2" = big ] && echo copyto || echo copy)" "$1" "ftp:up/$2"; }
# its several streams of one file end in "426 Failure writing network stream" here, or in a copy that differs
rclone_get() { with_rclone --multi-thread-streams 0 "$([ "$1" = big ] && echo copyto || echo copy)" "ftp:up/$1" "$2"; }
rclonessh_put() { with_rclone copyto "$1" "sftp:$room/peer/$2"; }
rclonessh_get() { with_rclone copyto "sftp:$room/peer/$1" "$2"; }
