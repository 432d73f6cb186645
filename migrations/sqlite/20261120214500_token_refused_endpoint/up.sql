-- The address that refused the token: only its own yes is an answer to its no.
ALTER TABLE robot_settings ADD COLUMN token_refused_endpoint TEXT;
