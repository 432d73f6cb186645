SELECT u.id, u.name, u.email, u.role, u.active, u.last_sign_in_at, u.created_at, u.version,
       o.id, o.name, o.timezone, o.late_after_days, o.max_document_bytes, o.sat_url, o.sat_token_sealed IS NOT NULL, o.version
FROM users u JOIN organizations o ON o.id = u.organization_id
WHERE u.organization_id = $1 AND u.id = $2
