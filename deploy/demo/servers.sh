# Sourced by demo.sh: the mail server, its files and its mail. Uses $home, $user, $password; sets $mail and the ports.
. deploy/processes.sh

previous=

# A mail of a template, with a date and ids of its own: deliver TEMPLATE WHEN
deliver() {
  local id
  id=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
  sed -e "s/@DATE@/$(LC_ALL=C date -R -d "$2")/" -e "s/@ID@/$id/" -e "s/@PREVIOUS@/${previous:-none}/" "$1" |
    bash deploy/demo/lmtp.sh "$lmtp_port" "$user" 9>&-
  previous=$id
}

wait_for_port() {
  for _ in $(seq 100); do
    if (exec 4<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return 0; fi
    server_runs "$2" || break
    sleep 0.1
  done
  echo "$2 does not listen on port $1:" >&2
  cat "$home/$2.log" >&2
  [ ! -e "$mail/dovecot.log" ] || tail -n 20 "$mail/dovecot.log" >&2
  return 1
}

prepare_mail_server() {
  mail=$home/mail
  mail_user=$(id -un) mail_group=$(id -gn)
  privileges="default_internal_user = $mail_user
default_internal_group = $mail_group
default_login_user = $mail_user
service anvil {
  chroot =
}
service imap-login {
  chroot =
}
service submission-login {
  chroot =
}"
  if [ "$(id -u)" -eq 0 ]; then
    # Dovecot drops its privileges, and refuses mail that belongs to root.
    mail_user=nobody mail_group=nogroup privileges=
    setpriv --reuid=nobody --regid=nogroup --clear-groups test -x "$home" || mail=/var/lib/postmill-demo
  fi
  mkdir -p "$mail/run" "$mail/mail" "$mail/sent"
  chmod 755 "$mail"
  chown "$mail_user:$mail_group" "$mail/mail" "$mail/sent"
  make_certificates
  imap_port=$(free_port 10143) lmtp_port=$(free_port 10224) submission_port=$(free_port 10587) sink_port=$(free_port 10725)
  printf '%s:{PLAIN}%s:%s:%s::%s/mail/%s::\n' "$user" "$password" "$(id -u "$mail_user")" "$(id -g "$mail_user")" "$mail" "$user" >"$mail/users"
  local template
  template=$(<deploy/demo/dovecot.conf.template)
  template=${template//@PRIVILEGES@/$privileges}
  sed -e "s#@DIR@#$mail#g" -e "s/@MAIL_USER@/$mail_user/" -e "s/@MAIL_GROUP@/$mail_group/" -e "s/@IMAP_PORT@/$imap_port/" -e "s/@LMTP_PORT@/$lmtp_port/" \
    -e "s/@SUBMISSION_PORT@/$submission_port/" -e "s/@SINK_PORT@/$sink_port/" <<<"$template" >"$mail/dovecot.conf"
}

make_certificates() {
  if openssl x509 -checkend 86400 -noout -in "$mail/server.pem" >/dev/null 2>&1; then return 0; fi
  (
    cd "$mail"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj '/CN=Postmill demo authority' -keyout authority.key -out authority.pem
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=localhost' -keyout server.key -out server.csr
    openssl x509 -req -days 825 -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -out server.pem \
      -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n')
  ) 2>"$home/openssl.log" || { cat "$home/openssl.log" >&2; return 1; }
}

start_mail_server() {
  local path=$PATH:/usr/sbin drop=()
  [ "$(id -u)" -ne 0 ] || drop=(-u nobody)
  PATH=$path start_server sink smtp-sink ${drop[@]+"${drop[@]}"} -d "$mail/sent/%Y%m%d-%H%M%S." "127.0.0.1:$sink_port" 100
  PATH=$path start_server dovecot dovecot -F -c "$mail/dovecot.conf"
  wait_for_port "$sink_port" sink
  wait_for_port "$lmtp_port" dovecot
  wait_for_port "$imap_port" dovecot
}
