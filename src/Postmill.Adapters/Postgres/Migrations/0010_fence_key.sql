-- additive
-- By the account's key whatever the statistics say: an owner that took its accounts after the last ANALYZE looks to the planner like one without any, and the owner's
-- index like the shortest way. No index serves IS NOT DISTINCT FROM.
CREATE OR REPLACE FUNCTION fence(account_id uuid, claimed_owner uuid, claimed_epoch bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('application_name', 'postmill ' || claimed_owner, true);
  PERFORM 1 FROM account a
    WHERE a.id = account_id AND a.owner IS NOT DISTINCT FROM claimed_owner AND a.epoch = claimed_epoch AND a.connected AND claimed_owner IS NOT NULL FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'ownership of account % is lost', account_id USING ERRCODE = 'PM001';
  END IF;
END $$;
