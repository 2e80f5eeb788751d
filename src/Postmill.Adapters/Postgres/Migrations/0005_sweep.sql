-- The sweep reads what it takes and nothing else. Accounts of one owner (or of none: nulls are in the index too) come in the order in which they were swept;
-- coalesce, because a row that was never swept comes first and one index condition must cover both.
DROP INDEX account_owner;
CREATE INDEX account_owner ON account (owner, coalesce(swept_at, timestamptz '-infinity')) WHERE connected;

-- The start of a run changes no indexed column: with room in its page the new version of the row needs no index entry.
ALTER TABLE account SET (fillfactor = 80);
