-- An account's owner is a silo as Orleans names it: address, port and generation. Whether it lives is what Orleans' membership table says, and nothing else: a silo that is declared
-- dead there, or is not there, owns nothing. The fence and the epoch are as they were. Silos of the release before stop when this runs: they are refused by the missing function.
DROP TABLE IF EXISTS silo;
DELETE FROM schema_migration WHERE version = 9001;

CREATE VIEW silo AS SELECT
  address || ':' || port || '@' || generation AS owner,
  deploymentid AS cluster,
  siloname AS name,
  hostname AS host,
  address,
  port,
  proxyport AS gateway_port,
  generation,
  CASE status WHEN 3 THEN 'active' WHEN 4 THEN 'draining' WHEN 5 THEN 'draining' WHEN 6 THEN 'dead' ELSE 'joining' END AS status,
  starttime AS started_at,
  iamalivetime AS seen_at,
  diedat AS died_at
FROM orleansmembershiptable;

DROP FUNCTION fence(uuid, uuid, bigint);
DROP INDEX account_owner;
ALTER TABLE account ALTER COLUMN owner TYPE text USING NULL;
CREATE INDEX account_owner ON account (owner, coalesce(swept_at, timestamptz '-infinity')) WHERE connected;

-- By the account's key whatever the statistics say: an owner that took its accounts after the last ANALYZE looks to the planner like one without any, and the owner's
-- index like the shortest way. No index serves IS NOT DISTINCT FROM.
CREATE FUNCTION fence(account_id uuid, claimed_owner text, claimed_epoch bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('application_name', 'postmill ' || claimed_owner, true);
  PERFORM 1 FROM account a
    WHERE a.id = account_id AND a.owner IS NOT DISTINCT FROM claimed_owner AND a.epoch = claimed_epoch AND a.connected AND claimed_owner IS NOT NULL FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'ownership of account % is lost', account_id USING ERRCODE = 'PM001';
  END IF;
END $$;

-- What operators see of a process and Orleans' membership does not know. A front is no silo: it lives as long as it says so.
CREATE TABLE node (
  id          text PRIMARY KEY,            -- a silo's is what account.owner names
  cluster     text NOT NULL,
  name        text NOT NULL,
  address     text NOT NULL,               -- of a front: its machine
  role        text NOT NULL CHECK (role IN ('all', 'front', 'worker')),
  version     text NOT NULL,
  started_at  timestamptz NOT NULL DEFAULT now(),
  seen_at     timestamptz NOT NULL DEFAULT now(),
  draining_at timestamptz,                 -- it takes no more work
  ended_at    timestamptz                  -- it said goodbye
);
