DROP TABLE execution_results;
DROP TABLE executions;
DROP TABLE log_chunks;
DROP TABLE logs;
DROP TABLE robot_settings;
