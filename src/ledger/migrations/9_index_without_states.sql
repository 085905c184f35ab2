-- An index whose condition names the state is written again with every outcome, on a random page. This one is written with the
-- claim only; rejected and unsent rows, of which there are few, are in it, too.
DROP INDEX rows_by_record;
CREATE INDEX rows_by_record ON rows (substr(fingerprint, 1, 8), coalesce(bot, 1)) WHERE fingerprint IS NOT NULL;
