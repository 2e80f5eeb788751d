-- Accounts: one row a connected mailbox, and everything its grain must find again after a crash.
CREATE TABLE account (
  id              uuid PRIMARY KEY,
  user_id         uuid NOT NULL REFERENCES users (id),
  email           text NOT NULL,
  email_key       text NOT NULL,
  name            text,
  imap_host       text NOT NULL,
  imap_port       int NOT NULL,
  imap_tls        text NOT NULL CHECK (imap_tls IN ('implicit', 'starttls', 'none')),
  smtp_host       text NOT NULL,
  smtp_port       int NOT NULL,
  smtp_tls        text NOT NULL CHECK (smtp_tls IN ('implicit', 'starttls', 'none')),
  username        text NOT NULL,
  secret          bytea,                    -- Data Protection payload; null once disconnected
  is_default      boolean NOT NULL,
  connected       boolean NOT NULL,         -- false: disconnected, its mail stays readable
  created_at      timestamptz NOT NULL,
  connected_at    timestamptz NOT NULL,     -- moved by a reconnect: older mail is no news

  -- Ownership (DESIGN §4): a write is accepted from this owner at this epoch only.
  owner           uuid,
  epoch           bigint NOT NULL DEFAULT 0,

  -- Sync: schedule, throttle window, ladder, last result.
  next_sync_at    timestamptz,              -- null: nothing automatic is due (manual intervention)
  swept_at        timestamptz,              -- a silo's sweep picked the row; others leave it alone for a while
  failed_runs     int NOT NULL DEFAULT 0,   -- rungs climbed: 0 none, 1..3 a retry is set, 4 manual intervention
  window_start    timestamptz,              -- start of the last run that a POST caused
  run_started_at  timestamptz,              -- a run is going (or died with its owner)
  first_synced_at timestamptz,              -- null: the back-fill is not complete
  last_success_at timestamptz,
  last_error_code text,
  last_error      text,                     -- null: the last run succeeded, or none ended yet
  result_new      int,                      -- newMessages of the last run that succeeded
  result_total    bigint,                   -- stored_total when it ended
  stored_total    bigint NOT NULL DEFAULT 0,-- inbound messages ever stored for the first time
  handed_total    bigint NOT NULL DEFAULT 0,-- result_total of the last result that a POST handed out

  UNIQUE (user_id, email_key)
);
CREATE UNIQUE INDEX account_default ON account (user_id) WHERE is_default;
CREATE INDEX account_due ON account (next_sync_at) WHERE connected;
CREATE INDEX account_owner ON account (owner) WHERE connected;

-- Every write transaction of an account begins here: the row is locked, and a writer whose epoch is over is refused.
CREATE FUNCTION fence(account_id uuid, claimed_owner uuid, claimed_epoch bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM account a WHERE a.id = account_id AND a.owner = claimed_owner AND a.epoch = claimed_epoch AND a.connected FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'ownership of account % is lost', account_id USING ERRCODE = 'PM001';
  END IF;
END $$;
