-- Messages: content once per account (by SHA-256), places where the server shows it beside it (DESIGN §5).
CREATE TABLE folder (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id     uuid NOT NULL REFERENCES account (id),
  wire_name      text NOT NULL,             -- as the server spells it (modified UTF-7 or whatever it sends)
  name           text NOT NULL,             -- for people
  delimiter      text,
  special_use    text,                      -- RFC 6154 without the backslash, lower case: sent, drafts, junk, trash, archive, all, flagged; inbox for INBOX
  selectable     boolean NOT NULL,
  -- Cursor: what the store is known to reflect. Null uid_next: the folder is not complete, compare UIDs.
  uid_validity   bigint,
  uid_next       bigint,
  highest_modseq bigint,
  message_count  bigint NOT NULL DEFAULT 0, -- locations under the current uid_validity, kept by every writer
  baseline_uid   bigint NOT NULL DEFAULT 0, -- UIDNEXT when the account's first sync met the folder; below it is no news
  parked_reason  text,                      -- the server refuses this folder; tried again each run
  UNIQUE (account_id, wire_name)
);

CREATE TABLE message (
  id              uuid PRIMARY KEY,
  account_id      uuid NOT NULL REFERENCES account (id),
  sha256          bytea NOT NULL,           -- of the raw bytes
  size            bigint NOT NULL,
  direction       text NOT NULL CHECK (direction IN ('inbound', 'outbound')),
  message_id      text,
  thread_id       uuid NOT NULL,
  subject         text,
  from_json       jsonb NOT NULL,
  to_json         jsonb NOT NULL,
  cc_json         jsonb NOT NULL,
  bcc_json        jsonb NOT NULL,
  reply_to_json   jsonb NOT NULL,
  date            timestamptz,              -- the Date header
  received_at     timestamptz NOT NULL,     -- INTERNALDATE, the order of lists
  has_attachments boolean NOT NULL,
  snippet         text NOT NULL,
  tags            text[] NOT NULL DEFAULT '{}',
  notes           text,
  created_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL,
  UNIQUE (account_id, sha256)
);
CREATE INDEX message_newest ON message (account_id, received_at DESC, id DESC);
CREATE INDEX message_message_id ON message (account_id, message_id);
CREATE INDEX message_thread ON message (account_id, thread_id);

-- EXTERNAL: not compressed, so that a range of a large mail is read without the rest of it.
CREATE TABLE message_raw (
  message_id uuid PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
  raw        bytea NOT NULL
);
ALTER TABLE message_raw ALTER COLUMN raw SET STORAGE EXTERNAL;

-- An index over the raw bytes; content is decoded on demand. ordinal 0 is the root.
CREATE TABLE message_part (
  message_id   uuid NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  ordinal      int NOT NULL,
  path         text NOT NULL,
  content_type text NOT NULL,
  charset      text,
  encoding     text NOT NULL,
  filename     text,
  disposition  text,
  content_id   text,
  body_offset  bigint NOT NULL,
  body_length  bigint NOT NULL,
  size         bigint NOT NULL,             -- decoded octets
  sha256       bytea NOT NULL,              -- of the decoded octets
  PRIMARY KEY (message_id, ordinal)
);

-- Words for search, cut and weighed at ingest (Domain/Messages/SearchWords); not compressed, for it is read whole by every ranking.
CREATE TABLE message_search (
  message_id uuid PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
  words      tsvector NOT NULL
);
ALTER TABLE message_search ALTER COLUMN words SET STORAGE EXTERNAL;
-- The pending list gathers a few hundred mails before it is merged: the same word of many mails is then one insertion.
CREATE INDEX message_search_words ON message_search USING gin (words) WITH (gin_pending_list_limit = 16384);

-- After a UIDVALIDITY reset the old rows stand until the new ones are complete, so that no mail loses its folder meanwhile.
CREATE TABLE location (
  folder_id    bigint NOT NULL REFERENCES folder (id) ON DELETE CASCADE,
  uid_validity bigint NOT NULL,
  uid          bigint NOT NULL,
  message_id   uuid NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  flags        text[] NOT NULL,
  PRIMARY KEY (folder_id, uid_validity, uid)
);
CREATE INDEX location_message ON location (message_id);
