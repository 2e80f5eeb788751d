# Sourced by demo.sh: what a client does, with curl. Sets $base, $token, $account, $key, $email.

# json NAME < object: the first string of that name
json() { grep -o "\"$1\" *: *\"[^\"]*\"" | head -n 1 | sed 's/.*: *"//; s/"$//'; }

wait_until_ready() {
  for _ in $(seq 1200); do
    server_runs host || break
    base=$(sed -n 's/.*Now listening on: *\(http[^ ]*\).*/\1/p' "$home/host.log" | head -n 1)
    if [ -n "$base" ] && curl -fs -o /dev/null --max-time 5 "$base/health/ready"; then return 0; fi
    sleep 0.1
  done
  echo "Postmill did not become ready:" >&2
  tail -n 20 "$home/host.log" >&2
  return 1
}

# call METHOD PATH [BODY]: prints the answer, fails on any status that is not 2xx and shows it
call() {
  local answer status
  answer=$(curl -s --max-time 90 -X "$1" "$base$2" ${token:+-H "Authorization: Bearer $token"} ${3:+-H 'Content-Type: application/json' -d "$3"} -w '\n%{http_code}')
  status=${answer##*$'\n'}
  answer=${answer%$'\n'*}
  printf '%s\n' "$answer"
  [[ $status == 2* ]] || { echo "$1 $2: $status $answer" >&2; return 1; }
}

sign_in() {
  local who="{\"email\":\"$user\",\"password\":\"$password\"}" answer
  token=
  answer=$(call POST /api/auth/sign-in "$who" 2>/dev/null) || answer=$(call POST /api/auth/sign-up "$who")
  token=$(json token <<<"$answer")
}

connect_account() {
  account=$(call GET /api/accounts | grep -o "{[^{}]*\"email\" *: *\"$user\"[^{}]*}" | json id) || account=
  [ -z "$account" ] || call DELETE "/api/accounts/$account" >/dev/null
  # Connecting the same address again revives the account with its mail; the ports may have changed since the last run.
  account=$(call POST /api/accounts "{\"email\":\"$user\",\"name\":\"Demo\",\"username\":\"$user\",\"password\":\"$password\",\"tls\":\"starttls\",
    \"imap_host\":\"127.0.0.1\",\"imap_port\":$imap_port,\"smtp_host\":\"127.0.0.1\",\"smtp_port\":$submission_port}" | json id)
}

make_key() {
  local answer
  [ ! -s "$home/key-id" ] || call DELETE "/api/v1/keys/$(<"$home/key-id")" >/dev/null 2>&1 || true
  answer=$(call POST /api/v1/keys '{"name":"demo","scopes":["read","send"]}')
  key=$(json key <<<"$answer")
  [ -n "$key" ] || key=$(grep -o 'msk_[0-9a-f]*' <<<"$answer" | tail -n 1)
  json id <<<"$answer" >"$home/key-id"
}

first_sync() {
  call POST /api/sync "{\"account_id\":\"$account\"}" >/dev/null
  local answer
  for _ in $(seq 100); do
    answer=$(call GET "/api/accounts/$account/emails?limit=1") || break
    email=$(json id <<<"$answer") || email=
    [ -z "$email" ] || return 0
    sleep 0.2
  done
  email=
  echo "no mail is listed yet; the lines below that read one (\$EMAIL) need its id" >&2
}

print_guide() {
  (umask 077 && printf 'export POSTMILL=%s TOKEN=%s KEY=%s ACCOUNT=%s EMAIL=%s\n' "$base" "$token" "$key" "$account" "$email" >"$home/env")
  cat <<TEXT

Postmill runs at $base

  open      $base/docs
  user      $user, password $password (the same at the mail server, 127.0.0.1:$imap_port)
  mail      a new one every $period s; the demo's SMTP server keeps what it gets in $mail/sent and sends it nowhere
  log       $home/host.log

In another terminal:

  . $home/env

  curl -s \$POSTMILL/api/auth/sign-in -H 'Content-Type: application/json' -d '{"email":"$user","password":"$password"}'
  curl -s \$POSTMILL/api/sync -H "Authorization: Bearer \$TOKEN"
  curl -s \$POSTMILL/api/sync -H "Authorization: Bearer \$TOKEN" -H 'Content-Type: application/json' -d "{\\"account_id\\":\\"\$ACCOUNT\\"}"
  curl -s "\$POSTMILL/api/accounts/\$ACCOUNT/emails?limit=3" -H "Authorization: Bearer \$TOKEN"
  curl -s \$POSTMILL/api/accounts/\$ACCOUNT/emails/\$EMAIL/body -H "Authorization: Bearer \$TOKEN"
  curl -s \$POSTMILL/api/accounts/\$ACCOUNT/smtp/messages -H "Authorization: Bearer \$TOKEN" -H 'Content-Type: application/json' -d '{"to_json":[{"email":"you@example.net"}],"subject":"Hello","text_body":"Hello."}'
  curl -s "\$POSTMILL/api/accounts/\$ACCOUNT/jobs?limit=3" -H "Authorization: Bearer \$TOKEN"
  curl -s \$POSTMILL/api/v1/send -H "Authorization: Bearer \$KEY" -H 'Content-Type: application/json' -d '{"from":{"email":"$user"},"to":["you@example.net"],"subject":"Hello","text":"Hello."}'
  deploy/demo/watch.sh \$POSTMILL \$KEY

Ctrl-C stops everything; the data stays in $home.
TEXT
}
