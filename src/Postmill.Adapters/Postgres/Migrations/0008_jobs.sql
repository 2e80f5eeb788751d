-- additive
-- Jobs: what was asked of a mail server (task), each run of it (job), and the log that tells what became of it.
-- Ids are UUIDs of version 7: newest first is by id.
CREATE TABLE task (
  id           uuid PRIMARY KEY,
  account_id   uuid NOT NULL REFERENCES account (id),
  kind         text NOT NULL,
  requested_by text NOT NULL,               -- as the log's actor: user:{id} or schedule
  standing     boolean NOT NULL DEFAULT false, -- the account's own: keep it in sync; every job of the schedule belongs to it
  created_at   timestamptz NOT NULL
);
CREATE INDEX task_newest ON task (account_id, id DESC);
CREATE UNIQUE INDEX task_standing ON task (account_id) WHERE standing;
CREATE INDEX task_age ON task (created_at);

CREATE TABLE job (
  id                uuid PRIMARY KEY,
  task_id           uuid NOT NULL REFERENCES task (id) ON DELETE CASCADE,
  account_id        uuid NOT NULL REFERENCES account (id),
  kind              text NOT NULL,
  cause             text NOT NULL CHECK (cause IN ('user', 'post', 'connect', 'schedule')),
  state             text NOT NULL CHECK (state IN ('queued', 'running', 'retrying', 'succeeded', 'failed', 'uncertain', 'resolved', 'cancelled')),
  attempt_count     int NOT NULL,           -- attempts begun
  max_attempts      int NOT NULL,
  last_error_code   text,
  last_error_detail text,
  next_run_at       timestamptz,            -- null: nothing automatic comes
  new_messages      int,                    -- what a run that succeeded stored
  created_at        timestamptz NOT NULL,
  started_at        timestamptz,            -- of the last attempt
  ended_at          timestamptz,
  updated_at        timestamptz NOT NULL,
  swept_at          timestamptz             -- a silo's sweep picked the row; others leave it alone for a while
);
CREATE INDEX job_newest ON job (account_id, id DESC);
CREATE INDEX job_state ON job (account_id, state);
CREATE INDEX job_task ON job (task_id, id DESC);
CREATE INDEX job_age ON job (ended_at) WHERE ended_at IS NOT NULL;
-- What a sweep looks for. Jobs of the schedule have their time in the account's row.
CREATE INDEX job_due ON job (next_run_at) WHERE state IN ('queued', 'retrying') AND cause IN ('user', 'post');

-- The log is the audit table; a failure has its code in a column of its own.
ALTER TABLE audit ADD COLUMN code text;
CREATE INDEX audit_age ON audit (at);
CREATE INDEX audit_code ON audit (account_id, code, id DESC) WHERE code IS NOT NULL;
