-- Records that were sent before are recognized by the first 8 bytes of their fingerprints, or by the columns of `--key`.
-- `message` is a hash of the field that fingerprints leave out; null for rows of older versions.
ALTER TABLE rows ADD COLUMN message INTEGER;
ALTER TABLE rows ADD COLUMN key INTEGER;
CREATE INDEX rows_by_record ON rows (substr(fingerprint, 1, 8), coalesce(bot, 1))
    WHERE fingerprint IS NOT NULL AND state IN ('claimed', 'saved', 'in doubt');
CREATE INDEX rows_by_key ON rows (key, coalesce(bot, 1)) WHERE key IS NOT NULL;
-- Skipped rows that have told the key of a record that was sent without one.
CREATE INDEX rows_with_learned_keys ON rows (substr(fingerprint, 1, 8), coalesce(bot, 1))
    WHERE fingerprint IS NOT NULL AND state = 'skipped';
-- `again`: the run sends records although other runs have sent them. `sent_before`: skipped rows that are not in `rows`,
-- because an earlier run has sent their records; an export that grows every night would repeat them every night.
ALTER TABLE runs ADD COLUMN again INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN sent_before INTEGER NOT NULL DEFAULT 0;
UPDATE runs SET again = 1 WHERE json_valid(options) AND json_extract(options, '$.again');
-- A row that was unsent and is skipped now was not sent.
UPDATE rows SET fingerprint = NULL WHERE state = 'skipped';
