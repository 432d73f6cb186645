DROP TABLE storage_intents;
DROP TABLE documents;
DROP TABLE process_moves;
DROP TABLE processes;
