-- additive
-- Requests that came with an Idempotency-Key. Without a status the request is running, or was lost with its silo: lease_until tells. The fingerprint is of
-- method, path, query and body. An answer without a body was one to give once only.
CREATE TABLE idempotent_request (
  user_id      uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  key          text NOT NULL,
  fingerprint  bytea NOT NULL,
  run_id       uuid NOT NULL,
  lease_until  timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  status       smallint,
  content_type text,
  body         bytea,
  PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotent_request_expiry ON idempotent_request (expires_at);
