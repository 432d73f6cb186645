SELECT u.organization_id, u.id, u.role, u.name, s.id, s.created_at, s.last_seen_at
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.token_hash = $1 AND s.expires_at > $2 AND u.active
