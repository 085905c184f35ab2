CREATE TABLE runs (
    run         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        TEXT NOT NULL CHECK (kind IN ('import', 'submit')),
    sandbox     INTEGER NOT NULL,
    profile     TEXT,
    host        TEXT NOT NULL,
    bot_id      TEXT NOT NULL,
    api_version TEXT NOT NULL,
    input       TEXT NOT NULL,
    content     BLOB NOT NULL,
    mapping     TEXT NOT NULL,
    identity    BLOB NOT NULL,
    rows        INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER,
    command     TEXT NOT NULL,
    directory   TEXT NOT NULL,
    report      TEXT,
    report_hash BLOB
) STRICT;
CREATE INDEX runs_by_identity ON runs (identity);
CREATE INDEX runs_by_content ON runs (content);
CREATE TABLE rows (
    run         INTEGER NOT NULL REFERENCES runs (run),
    row         INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN
                ('claimed', 'saved', 'rejected', 'invalid', 'skipped', 'unsent', 'in doubt')),
    status      INTEGER,
    server_id   TEXT,
    detail      TEXT,
    fingerprint BLOB,
    attempts    INTEGER NOT NULL DEFAULT 0,
    claimed_at  INTEGER,
    answer_due  INTEGER,
    changed_at  INTEGER NOT NULL,
    PRIMARY KEY (run, row)
) STRICT, WITHOUT ROWID;
CREATE TABLE attempts (
    attempt     INTEGER PRIMARY KEY,
    scope       TEXT NOT NULL,
    session     TEXT NOT NULL,
    claimed_at  INTEGER NOT NULL,
    answer_due  INTEGER NOT NULL,
    answered_at INTEGER
) STRICT;
CREATE INDEX attempts_by_scope ON attempts (scope, answer_due);
CREATE TABLE last_values (
    field TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
