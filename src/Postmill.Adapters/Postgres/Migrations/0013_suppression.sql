-- additive
-- Addresses that a user no longer writes to.
CREATE TABLE suppression (
  user_id    uuid NOT NULL REFERENCES users (id),
  email_key  text NOT NULL,                   -- in which two spellings of one address are equal
  email      text NOT NULL,
  reason     text NOT NULL CHECK (reason IN ('hard_bounce', 'complaint', 'unsubscribe', 'manual')),
  source     text NOT NULL,                   -- who or what put it there: user:{id}, key:{id}, email:{id of the report}
  created_at timestamptz NOT NULL,
  expires_at timestamptz,                     -- null: never
  PRIMARY KEY (user_id, email_key)
);
CREATE INDEX suppression_newest ON suppression (user_id, created_at DESC, email_key DESC);

-- What a bounce said beside its reason.
ALTER TABLE outgoing_recipient ADD COLUMN bounce_code text, ADD COLUMN bounce_detail text;
