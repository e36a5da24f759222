#!/bin/bash
# OpenSSH's sshd for tests: SFTP on $PORT_SFTP, login by password or key.
# Usage: sshd.sh start|stop, with SERVERS_DIR, PORT_* and PASSWORD set; needs root and openssh-server, openssh-client.
# User $SERVERS_USER ("waybill-sftp" unless told), home $SERVERS_DIR/home, keys
# $SERVERS_DIR/keys/{ed25519,ecdsa,rsa,pem,locked} (the last one's passphrase is $PASSWORD), an ssh-agent with the first
# at $SERVERS_DIR/agent.sock. Everything lives in $SERVERS_DIR, but for that account, which stop removes if this start
# made it, and 2 MiB of tmpfs at home/small; so one copy runs at a time for each name.
set -euo pipefail
dir=$SERVERS_DIR
user=${SERVERS_USER:-waybill-sftp}

pid_of() { cat "$dir/$1.pid" 2>/dev/null || true; }

make_keys() {
  local type
  for type in ed25519 ecdsa rsa; do
    ssh-keygen -q -t $type -N '' -C "host $type" -f "$dir/host_$type"
    ssh-keygen -q -t $type -N '' -C "user $type" -f "$dir/keys/$type"
    echo "[127.0.0.1]:$PORT_SFTP $(cut -d' ' -f1,2 "$dir/host_$type.pub")" >>"$dir/known_hosts"
  done
  ssh-keygen -q -t ecdsa -b 384 -m PEM -N '' -f "$dir/keys/pem"
  ssh-keygen -q -t ed25519 -N "$PASSWORD" -f "$dir/keys/locked"
  cat "$dir"/keys/*.pub >"$dir/authorized_keys"
  cp "$dir/known_hosts" "$dir/known_hosts_hashed"
  ssh-keygen -q -H -f "$dir/known_hosts_hashed" 2>"$dir/hash.log"
  ssh-keygen -lf "$dir/host_ed25519.pub" | cut -d' ' -f2 >"$dir/fingerprint"
}

start() {
  # every directory above must let the user pass
  mkdir -p "$dir/home" "$dir/keys" /run/sshd
  chmod 755 "$dir" "$dir/home"
  useradd --no-create-home --no-user-group --gid nogroup --home-dir "$dir/home" --shell /bin/sh "$user"
  : >"$dir/made"
  echo "$user:$PASSWORD" | chpasswd
  chown "$user" "$dir/home"
  make_keys
  mkdir "$dir/home/small"
  mount -t tmpfs -o size=2m,mode=777 waybill-sftp "$dir/home/small"
  cat >"$dir/sshd_config" <<C
ListenAddress 127.0.0.1
Port $PORT_SFTP
HostKey $dir/host_ed25519
HostKey $dir/host_ecdsa
HostKey $dir/host_rsa
AuthorizedKeysFile $dir/authorized_keys
StrictModes no
PasswordAuthentication yes
KbdInteractiveAuthentication no
AllowUsers $user
UsePAM no
UseDNS no
PidFile $dir/sshd.pid
MaxStartups 100
RekeyLimit 8M
Subsystem sftp internal-sftp
C
  "$(command -v sshd || echo /usr/sbin/sshd)" -f "$dir/sshd_config" -E "$dir/sshd.log"
  eval "$(ssh-agent -s -a "$dir/agent.sock")" >"$dir/agent.log"
  echo "$SSH_AGENT_PID" >"$dir/agent.pid"
  ssh-add -q "$dir/keys/ed25519"
}

stop() {
  local name pid
  for name in sshd agent; do
    pid=$(pid_of $name)
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
    rm -f "$dir/$name.pid"
  done
  ! mountpoint -q "$dir/home/small" || umount "$dir/home/small"
  [ -e "$dir/made" ] || return 0
  rm -f "$dir/made"
  userdel --force "$user" 2>"$dir/userdel.log" || true
}

case ${1-} in
  start | stop) "$1" ;;
  *) echo "usage: $0 start|stop" >&2; exit 2 ;;
esac
