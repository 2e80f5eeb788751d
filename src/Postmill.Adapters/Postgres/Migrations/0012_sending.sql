-- additive
-- Outgoing mail. Its state is its job's: running from the commit of the intent, before the first octet of content, to the outcome. What a lost owner leaves running is in doubt.
ALTER TABLE job ADD COLUMN lane smallint NOT NULL DEFAULT 0; -- of the jobs that wait for one account: lower ones first

-- The order in which an account's mail goes out, and what a sweep looks for.
CREATE INDEX job_mail_due ON job (account_id, lane, next_run_at) WHERE kind = 'send_message' AND state IN ('queued', 'retrying');

-- The record of an outgoing mail names the task and the job that send it.
ALTER TABLE message ADD COLUMN task_id uuid, ADD COLUMN job_id uuid;

CREATE TABLE outgoing (
  job_id          uuid PRIMARY KEY REFERENCES job (id) ON DELETE CASCADE,
  account_id      uuid NOT NULL REFERENCES account (id),
  user_id         uuid NOT NULL REFERENCES users (id),
  email_id        uuid NOT NULL REFERENCES message (id), -- whose raw bytes go out
  message_id      text NOT NULL,              -- fixed when the row is made, without angle brackets
  envelope_from   text NOT NULL,
  needs_utf8      boolean NOT NULL,           -- RFC 6531: an address is not ASCII
  size            bigint NOT NULL,
  idempotency_key text,
  fingerprint     bytea,                      -- of what the client sent with the key
  tags            text[] NOT NULL,
  metadata        jsonb,
  created_at      timestamptz NOT NULL
);
CREATE UNIQUE INDEX outgoing_idempotency ON outgoing (user_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX outgoing_message_id ON outgoing (user_id, message_id);
CREATE INDEX outgoing_email ON outgoing (email_id);

CREATE TABLE outgoing_recipient (
  job_id       uuid NOT NULL REFERENCES outgoing (job_id) ON DELETE CASCADE,
  ordinal      int NOT NULL,
  address      text NOT NULL,                 -- as in RCPT TO
  address_key  text NOT NULL,                 -- lower case, to be found by
  state        text NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'uncertain', 'cancelled')),
  code         text,                          -- of the last refusal
  detail       text,                          -- the server's words
  settled_at   timestamptz,                   -- when it left waiting
  -- What came back after it was sent.
  bounced_at    timestamptz,
  bounce_type   text CHECK (bounce_type IN ('hard', 'soft')),
  bounce_reason text,
  complained_at timestamptz,
  PRIMARY KEY (job_id, ordinal)
);

-- One row an account that has sent: how much of its limits is used, and the mark of a silo's sweep.
CREATE TABLE outbox (
  account_id uuid PRIMARY KEY REFERENCES account (id),
  pace       jsonb,
  swept_at   timestamptz
);
