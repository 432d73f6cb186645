-- Who may read the log: the word of a permission, written when the log is opened.
ALTER TABLE logs ADD COLUMN permission TEXT NOT NULL DEFAULT 'processes:read';
