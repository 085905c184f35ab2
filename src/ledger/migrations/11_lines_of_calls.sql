-- A line of `attempts` stands for so many calls, and lists the rows that they send: "1-64,70". Records that other processes
-- send meanwhile are found by these lines; those sent before, by reading `records` once. No claim needs an index of all records
-- any more, which cost a page written at random.
ALTER TABLE attempts ADD COLUMN calls INTEGER NOT NULL DEFAULT 1;
ALTER TABLE attempts ADD COLUMN rows TEXT;
DROP INDEX IF EXISTS rows_by_record;
DROP INDEX IF EXISTS rows_with_learned_keys;
