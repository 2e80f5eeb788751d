-- additive
-- Version 3 of the words: size and hash of a mail's parts are made anew with them. An older silo's look for version < 2 is served by this index too.
CREATE INDEX message_search_older ON message_search (message_id) WHERE version < 3;
DROP INDEX message_search_old;
