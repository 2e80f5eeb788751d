-- Feed: one log a user, gap-free and in commit order; seq comes from the user's counter row, taken last in the writing transaction.
CREATE TABLE feed (
  user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  seq     bigint NOT NULL DEFAULT 0,        -- the last one given
  floor   bigint NOT NULL DEFAULT 0         -- events up to here are pruned
);

CREATE TABLE event (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  seq     bigint NOT NULL,
  type    text NOT NULL,
  payload json NOT NULL,                    -- json, not jsonb: frames keep the order of their fields
  at      timestamptz NOT NULL,
  PRIMARY KEY (user_id, seq)
);
CREATE INDEX event_age ON event (at);
