-- Access: who may do what. E-mail addresses are compared by email_key (lower case); what the person typed is kept for display.
CREATE TABLE users (
  id            uuid PRIMARY KEY,
  email         text NOT NULL,
  email_key     text NOT NULL UNIQUE,
  password_hash text NOT NULL,
  role          text NOT NULL CHECK (role IN ('view', 'edit', 'send', 'admin')),
  created_at    timestamptz NOT NULL
);

-- Only the SHA-256 of a token is stored: who reads the table cannot sign in with it.
CREATE TABLE session (
  token_hash bytea PRIMARY KEY,
  user_id    uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE api_key (
  id                 uuid PRIMARY KEY,
  user_id            uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name               text NOT NULL,
  prefix             text NOT NULL,
  key_hash           bytea NOT NULL UNIQUE,
  scopes             text[] NOT NULL,
  allowed_account_id uuid,
  created_at         timestamptz NOT NULL,
  expires_at         timestamptz,
  last_used_at       timestamptz,
  revoked_at         timestamptz
);
CREATE INDEX api_key_user ON api_key (user_id, created_at);

-- ASP.NET Data Protection's key ring: every silo must be able to read what any silo encrypted.
CREATE TABLE data_protection_key (
  friendly_name text PRIMARY KEY,
  xml           text NOT NULL
);

-- Append-only. Never a secret, never a body.
CREATE TABLE audit (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at         timestamptz NOT NULL,
  user_id    uuid,
  account_id uuid,
  actor      text NOT NULL,
  action     text NOT NULL,
  subject    text NOT NULL,
  outcome    text NOT NULL,
  detail     jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_user ON audit (user_id, id DESC);
CREATE INDEX audit_account ON audit (account_id, id DESC);
