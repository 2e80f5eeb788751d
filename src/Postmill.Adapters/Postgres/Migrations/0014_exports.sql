-- additive
-- How far a job has come; null: it does not count. Of an export: mails listed, mails to list, octets of the file so far.
ALTER TABLE job
  ADD COLUMN done  bigint,
  ADD COLUMN total bigint,
  ADD COLUMN bytes bigint;
-- What silos look at for exports: as good as empty. No account's owner runs these.
CREATE INDEX job_exports ON job (next_run_at) WHERE kind = 'export_messages' AND state IN ('queued', 'retrying', 'running');

-- An export is a list of mails with their places in a file that is stored nowhere: its octets are made from message_raw when they are asked for.
CREATE TABLE export (
  id            uuid PRIMARY KEY,           -- of version 7: newest first is by id
  account_id    uuid NOT NULL REFERENCES account (id),
  job_id        uuid NOT NULL REFERENCES job (id),
  format        text NOT NULL CHECK (format IN ('mbox', 'zip')),
  filter        json NOT NULL,
  -- The run that lists. A commit is accepted from this run only; one whose lease is over may be followed by another, which goes on where it stopped.
  run           uuid,
  leased_until  timestamptz,
  walked_at     timestamptz,                -- received_at and id of the last mail that was looked at, oldest first
  walked_id     uuid,
  -- The file so far.
  mails         bigint NOT NULL DEFAULT 0,
  mails_end     bigint NOT NULL DEFAULT 0,  -- octets
  directory_end bigint NOT NULL DEFAULT 0,  -- octets of the zip's directory, which stands behind the mails
  length        bigint,                     -- of the whole; null: not complete
  created_at    timestamptz NOT NULL,       -- mail stored later is not in it
  expires_at    timestamptz NOT NULL        -- from then on it is not there any more
);
CREATE INDEX export_newest ON export (account_id, id DESC);
CREATE INDEX export_job ON export (job_id);
CREATE INDEX export_expires ON export (expires_at);

CREATE TABLE export_entry (
  export_id    uuid NOT NULL REFERENCES export (id),
  start        bigint NOT NULL,             -- where the mail begins in the file, with what stands before it
  length       bigint NOT NULL,             -- octets in the file
  message_id   uuid NOT NULL REFERENCES message (id),
  label        text NOT NULL,               -- mbox: the line before it; zip: its path
  size         bigint NOT NULL,             -- octets of the raw mail
  at           timestamptz NOT NULL,
  crc          bigint,                      -- zip: of the raw mail
  directory_at bigint,                      -- zip: where its line begins in the directory
  PRIMARY KEY (export_id, start)
);
-- Raw bytes stay as long as an export names them, also of a mail that is deleted meanwhile.
CREATE INDEX export_entry_message ON export_entry (message_id);
