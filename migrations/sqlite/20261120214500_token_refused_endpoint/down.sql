ALTER TABLE robot_settings DROP COLUMN token_refused_endpoint;
