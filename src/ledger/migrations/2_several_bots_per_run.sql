CREATE TABLE bots (
    run    INTEGER NOT NULL REFERENCES runs (run),
    bot    INTEGER NOT NULL,
    bot_id TEXT NOT NULL,
    rows   INTEGER NOT NULL,
    PRIMARY KEY (run, bot)
) STRICT, WITHOUT ROWID;
INSERT INTO bots SELECT run, 1, bot_id, rows - (SELECT count(*) FROM rows
                                                WHERE rows.run = runs.run AND state IN ('invalid', 'skipped'))
                 FROM runs;
ALTER TABLE runs DROP COLUMN bot_id;
ALTER TABLE rows ADD COLUMN bot INTEGER;
UPDATE rows SET bot = 1 WHERE claimed_at IS NOT NULL;
