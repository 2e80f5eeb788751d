-- additive
-- How the words of a mail were cut (SearchVector.Version). What stands here is of the first release, or of an older silo that still runs: it is cut anew in the background.
ALTER TABLE message_search ADD COLUMN version smallint NOT NULL DEFAULT 1;
-- Empty once that is done. The version after the next needs another one.
CREATE INDEX message_search_old ON message_search (message_id) WHERE version < 2;
