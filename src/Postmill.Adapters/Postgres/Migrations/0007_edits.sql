-- additive
-- What the user said of a mail, beside what the server says (location): shown until the server says something new about the same thing. Never written by a sync.
ALTER TABLE message
  ADD COLUMN read_here    boolean,
  ADD COLUMN starred_here boolean,
  ADD COLUMN folder_here  text,
  -- Deleted by the user. The row stays, without content, as the owner of its places: the server may show the same content again, and it is known then.
  ADD COLUMN deleted_at   timestamptz;

-- The order of lists, without what is deleted: fifty thousand deleted mails are not walked over.
CREATE INDEX message_shown ON message (account_id, received_at DESC, id DESC) WHERE deleted_at IS NULL;
DROP INDEX message_newest;
-- As good as empty, so that a sync learns for nothing that nobody edited what it writes.
CREATE INDEX message_edited ON message (id) WHERE read_here IS NOT NULL OR starred_here IS NOT NULL OR folder_here IS NOT NULL;

-- The rule lives where flags and places are written, whoever writes them. Only rows that the user edited are touched.
CREATE FUNCTION server_changed_flags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE message m
  SET read_here = CASE WHEN change.seen THEN NULL ELSE m.read_here END, starred_here = CASE WHEN change.flagged THEN NULL ELSE m.starred_here END
  FROM (
    SELECT shown.message_id,
      bool_or(('\Seen' = ANY (was.flags)) <> ('\Seen' = ANY (shown.flags))) AS seen,
      bool_or(('\Flagged' = ANY (was.flags)) <> ('\Flagged' = ANY (shown.flags))) AS flagged
    FROM was JOIN shown USING (folder_id, uid_validity, uid) GROUP BY shown.message_id
  ) AS change
  WHERE m.id = change.message_id AND (change.seen OR change.flagged)
    AND (m.read_here IS NOT NULL OR m.starred_here IS NOT NULL OR m.folder_here IS NOT NULL);
  RETURN NULL;
END $$;

CREATE FUNCTION server_changed_places() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE message m SET folder_here = NULL
  WHERE m.id IN (SELECT message_id FROM changed) AND m.folder_here IS NOT NULL
    AND (m.read_here IS NOT NULL OR m.starred_here IS NOT NULL OR m.folder_here IS NOT NULL);
  RETURN NULL;
END $$;

CREATE TRIGGER location_flags AFTER UPDATE ON location REFERENCING OLD TABLE AS was NEW TABLE AS shown FOR EACH STATEMENT EXECUTE FUNCTION server_changed_flags();
CREATE TRIGGER location_comes AFTER INSERT ON location REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION server_changed_places();
CREATE TRIGGER location_goes AFTER DELETE ON location REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION server_changed_places();
