-- additive
-- Acts: what a job does to one mail on its server, for jobs of the kinds change_flags, move_message, delete_message and append_sent.
CREATE TABLE mailbox_act (
  job_id      uuid PRIMARY KEY REFERENCES job (id) ON DELETE CASCADE,
  account_id  uuid NOT NULL REFERENCES account (id),
  message_id  uuid NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  seen        boolean,                      -- null: stays as it is
  flagged     boolean,
  target      text,                         -- wire name of the folder it goes to; null: it stays where it is
  target_name text                          -- that folder's name, as message.folder_here holds it
);
CREATE INDEX mailbox_act_message ON mailbox_act (message_id);

-- What of a mail belongs to acts that are pending.
CREATE FUNCTION act_holds(message uuid, OUT seen boolean, OUT flagged boolean, OUT folder boolean) LANGUAGE sql STABLE AS $$
  SELECT coalesce(bool_or(a.seen IS NOT NULL), false), coalesce(bool_or(a.flagged IS NOT NULL), false), coalesce(bool_or(a.target IS NOT NULL), false)
  FROM mailbox_act a JOIN job j ON j.id = a.job_id
  WHERE a.message_id = message AND j.state IN ('queued', 'running', 'retrying')
$$;

-- As in 0007, but a word that an act is about to tell the server stands whatever the server says meanwhile: that is older, or half of the act.
CREATE OR REPLACE FUNCTION server_changed_flags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE message m
  SET read_here = CASE WHEN change.seen AND NOT (act_holds(m.id)).seen THEN NULL ELSE m.read_here END,
    starred_here = CASE WHEN change.flagged AND NOT (act_holds(m.id)).flagged THEN NULL ELSE m.starred_here END
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

CREATE OR REPLACE FUNCTION server_changed_places() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE message m SET folder_here = CASE WHEN (act_holds(m.id)).folder THEN m.folder_here END
  WHERE m.id IN (SELECT message_id FROM changed) AND m.folder_here IS NOT NULL
    AND (m.read_here IS NOT NULL OR m.starred_here IS NOT NULL OR m.folder_here IS NOT NULL);
  RETURN NULL;
END $$;

-- An act that ends, however it ends and whoever ends it, gives its word back to the server: done, the server says the same; failed or cancelled, the server was never
-- told. What the user said later, or what a later act holds, stays.
CREATE FUNCTION act_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- First the lock, then the look: who edits this mail just now has written his act when the lock is ours.
  PERFORM 1 FROM message m JOIN mailbox_act a ON a.message_id = m.id WHERE a.job_id = NEW.id FOR NO KEY UPDATE OF m;
  UPDATE message m
  SET read_here = CASE WHEN m.read_here = a.seen AND NOT (act_holds(m.id)).seen THEN NULL ELSE m.read_here END,
    starred_here = CASE WHEN m.starred_here = a.flagged AND NOT (act_holds(m.id)).flagged THEN NULL ELSE m.starred_here END,
    folder_here = CASE WHEN m.folder_here = a.target_name AND NOT (act_holds(m.id)).folder THEN NULL ELSE m.folder_here END
  FROM mailbox_act a
  WHERE a.job_id = NEW.id AND m.id = a.message_id
    AND (m.read_here = a.seen OR m.starred_here = a.flagged OR m.folder_here = a.target_name);
  RETURN NULL;
END $$;

CREATE TRIGGER job_settles_act AFTER UPDATE OF state ON job FOR EACH ROW
  WHEN (NEW.kind IN ('change_flags', 'move_message') AND OLD.state IN ('queued', 'running', 'retrying') AND NEW.state NOT IN ('queued', 'running', 'retrying'))
  EXECUTE FUNCTION act_settled();
