-- A command line of an older version need not mean the same today, so it is not converted: such a run is resumed by
-- `import FILE --resume` with the same options.
ALTER TABLE runs ADD COLUMN options TEXT;
ALTER TABLE runs DROP COLUMN command;
ALTER TABLE runs DROP COLUMN directory;
