-- additive
-- A silo that is stopped, or cut off from here, in the middle of a transaction keeps that transaction's locks for as long as it stays so: on the account's row, and
-- on the feed's counter that all accounts of the user share. The fence therefore writes the owner on the session, until the transaction ends, and a sweep
-- ends the sessions of owners that are dead.
CREATE OR REPLACE FUNCTION fence(account_id uuid, claimed_owner uuid, claimed_epoch bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('application_name', 'postmill ' || claimed_owner, true);
  PERFORM 1 FROM account a WHERE a.id = account_id AND a.owner = claimed_owner AND a.epoch = claimed_epoch AND a.connected FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'ownership of account % is lost', account_id USING ERRCODE = 'PM001';
  END IF;
END $$;
