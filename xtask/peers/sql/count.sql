SELECT count(*) FROM (SELECT 1 FROM processes WHERE organization_id = $1 LIMIT $2) AS counted
