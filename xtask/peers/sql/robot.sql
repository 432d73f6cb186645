SELECT o.possui_rpa AND coalesce(nullif(o.url_endpoint_rpa, ''), r.url) IS NOT NULL
FROM operators o LEFT JOIN robot_settings r ON r.organization_id = o.organization_id
WHERE o.organization_id = $1 AND o.id = $2
