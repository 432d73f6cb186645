DROP INDEX jobs_elsewhere;
ALTER TABLE jobs DROP COLUMN elsewhere;
