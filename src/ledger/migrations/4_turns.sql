-- Processes that wait for a rate limit take turns. A call made by an older version has no run here.
CREATE TABLE waiting (
    scope        TEXT NOT NULL,
    session      TEXT NOT NULL,
    last_attempt INTEGER NOT NULL,
    ready_at     INTEGER NOT NULL,
    refreshed_at INTEGER NOT NULL,
    PRIMARY KEY (scope, session)
) STRICT, WITHOUT ROWID;
ALTER TABLE attempts ADD COLUMN run INTEGER;
