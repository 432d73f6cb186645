-- What the source called the newest line that was taken, as it wrote it: a stream is asked to go on after it.
ALTER TABLE logs ADD COLUMN source_id TEXT;
