-- A row may make several records: `rows.row` is then the number of a record or of a whole row, see numbering.rs. `records` is
-- null for a run of an older version, which had one record per row.
ALTER TABLE runs ADD COLUMN records_per_row INTEGER NOT NULL DEFAULT 1;
ALTER TABLE runs ADD COLUMN records INTEGER;
