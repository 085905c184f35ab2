-- The rows in a third of the room: `records` has numbers for states, differences for times and bytes for hexadecimal ids. See
-- schema.rs. The view `rows` shows the same as the table did.
CREATE TABLE records (
    id          INTEGER PRIMARY KEY,
    state       INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    bot         INTEGER,
    status      INTEGER,
    server_id   ANY,
    detail      TEXT,
    fingerprint BLOB,
    message     INTEGER,
    key         INTEGER,
    claimed_at  INTEGER,
    answer_due  INTEGER,
    changed_at  INTEGER NOT NULL,
    server_time INTEGER,
    deviations  INTEGER
) STRICT;
INSERT INTO records
SELECT (run << 36) + row,
       CASE state WHEN 'claimed' THEN 0 WHEN 'saved' THEN 1 WHEN 'rejected' THEN 2 WHEN 'invalid' THEN 3
                  WHEN 'skipped' THEN 4 WHEN 'unsent' THEN 5 WHEN 'in doubt' THEN 6 END,
       attempts,
       -- A process of version 1 wrote no bot: its run had only one.
       iif(claimed_at IS NULL AND fingerprint IS NULL, bot, coalesce(bot, 1)),
       status - 200,
       iif(lower(hex(unhex(server_id))) = server_id, unhex(server_id), server_id),
       detail, fingerprint, message, key,
       claimed_at - started_at,
       answer_due - coalesce(claimed_at, started_at),
       changed_at - coalesce(claimed_at, started_at),
       server_time - coalesce(claimed_at, started_at),
       deviations
FROM rows JOIN runs USING (run) ORDER BY run, row;
DROP TABLE rows;
CREATE INDEX rows_by_key ON records (key, bot) WHERE key IS NOT NULL;
CREATE VIEW rows AS
SELECT runs.run AS run,
       records.id & 0xFFFFFFFFF AS row,
       CASE records.state WHEN 0 THEN 'claimed' WHEN 1 THEN 'saved' WHEN 2 THEN 'rejected' WHEN 3 THEN 'invalid'
                          WHEN 4 THEN 'skipped' WHEN 5 THEN 'unsent' WHEN 6 THEN 'in doubt' END AS state,
       iif(records.state = 0, NULL, records.status + 200) AS status,
       iif(records.state = 0, NULL,
           iif(typeof(records.server_id) = 'blob', lower(hex(records.server_id)), records.server_id)) AS server_id,
       records.detail AS detail,
       records.fingerprint AS fingerprint,
       records.attempts AS attempts,
       runs.started_at + records.claimed_at AS claimed_at,
       runs.started_at + coalesce(records.claimed_at, 0) + records.answer_due AS answer_due,
       runs.started_at + coalesce(records.claimed_at, 0) + iif(records.state = 0, 0, records.changed_at) AS changed_at,
       records.bot AS bot,
       iif(records.state = 0, NULL, runs.started_at + coalesce(records.claimed_at, 0) + records.server_time) AS server_time,
       iif(records.state = 0, NULL, records.deviations) AS deviations,
       records.message AS message,
       records.key AS key
FROM runs CROSS JOIN records ON records.id BETWEEN runs.run << 36 AND (runs.run << 36) + 0xFFFFFFFFF;
