#!/bin/bash
# nginx for tests: http on $PORT_HTTP, https on $PORT_HTTPS, both over $SERVERS_DIR/pub with index pages.
#   /up/       PUT, DELETE, MKCOL, MOVE (http_dav_module; it answers no OPTIONS and makes no directories by itself)
#   /put/      PUT and DELETE only, directories are made
#   /norange/  the same files without ranges      /json/  index in JSON      /private/  basic login, user "waybill-test"
# Usage: nginx.sh start|stop, with SERVERS_DIR, PORT_* and PASSWORD set; needs root and nginx, openssl. All is in $SERVERS_DIR.
set -euo pipefail
dir=$SERVERS_DIR
user=www-data

start() {
  # every directory above must let the workers pass
  mkdir -p "$dir/pub" "$dir/store/up" "$dir/store/put" "$dir/tmp"
  chmod 755 "$dir" "$dir/pub"
  chown -R "$user" "$dir/store" "$dir/tmp"
  openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$dir/server.key" -out "$dir/server.crt" 2>"$dir/openssl.log"
  printf 'waybill-test:%s\n' "$(openssl passwd -apr1 "$PASSWORD")" >"$dir/users"
  cat >"$dir/nginx.conf" <<C
user $user;
worker_processes 2;
pid $dir/nginx.pid;
error_log $dir/error.log warn;
events { worker_connections 256; }
http {
  access_log $dir/access.log;
  default_type application/octet-stream;
  sendfile on;
  charset utf-8;
  client_max_body_size 0;
  # before Java 21 a client cannot close its idle connections: the tests look whether any is left
  keepalive_timeout 1s;
  client_body_temp_path $dir/tmp/body; proxy_temp_path $dir/tmp/proxy; fastcgi_temp_path $dir/tmp/fastcgi;
  uwsgi_temp_path $dir/tmp/uwsgi; scgi_temp_path $dir/tmp/scgi;
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_certificate $dir/server.crt;
  ssl_certificate_key $dir/server.key;
  server {
    listen 127.0.0.1:$PORT_HTTP;
    listen 127.0.0.1:$PORT_HTTPS ssl http2;
    server_name localhost;
    root $dir/pub;
    autoindex on;
    location /up/ { root $dir/store; dav_methods PUT DELETE MKCOL MOVE; }
    location /put/ { root $dir/store; dav_methods PUT DELETE; create_full_put_path on; }
    location /norange/ { alias $dir/pub/; max_ranges 0; }
    location /json/ { alias $dir/pub/; autoindex_format json; }
    location /private/ { alias $dir/pub/; auth_basic waybill; auth_basic_user_file $dir/users; }
    location /noindex/ { alias $dir/pub/; autoindex off; }
  }
}
C
  nginx -e "$dir/error.log" -c "$dir/nginx.conf" >"$dir/nginx.out" 2>&1
}

stop() {
  [ ! -s "$dir/nginx.pid" ] || nginx -e "$dir/error.log" -c "$dir/nginx.conf" -s stop >"$dir/nginx-stop.out" 2>&1
  # its files are deleted next, so it must be gone
  local i
  for i in $(seq 100); do
    [ -e "$dir/nginx.pid" ] || return 0
    sleep 0.05
  done
}

case ${1-} in
  start | stop) "$1" ;;
  *) echo "usage: $0 start|stop" >&2; exit 2 ;;
esac
