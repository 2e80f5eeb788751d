-- Who is alive in the cluster. A row is one start of a silo; only the database's clock says whether its lease still runs.
CREATE TABLE IF NOT EXISTS silo (
  incarnation uuid PRIMARY KEY,
  cluster text NOT NULL,
  address text NOT NULL,
  name text NOT NULL,
  version text NOT NULL,
  role text NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'draining', 'dead')),
  started_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);

CREATE INDEX IF NOT EXISTS silo_living ON silo (cluster, address) WHERE status <> 'dead';
