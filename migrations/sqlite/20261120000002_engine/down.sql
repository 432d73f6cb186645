DROP TABLE workers;
DROP TABLE job_log_lines;
DROP TABLE job_attempts;
DROP TABLE jobs;
