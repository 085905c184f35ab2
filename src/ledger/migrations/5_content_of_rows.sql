-- What `content` is the hash of: the input's decoded rows. Runs started before hashed its bytes; an import compares with
-- these by the bytes of its files.
ALTER TABLE runs ADD COLUMN content_of TEXT NOT NULL DEFAULT 'bytes' CHECK (content_of IN ('bytes', 'rows'));
