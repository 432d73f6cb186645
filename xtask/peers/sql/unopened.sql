SELECT count(*) FROM accounts a JOIN clients c ON c.id = a.client_id JOIN operators o ON o.id = a.operator_id
WHERE a.organization_id = $1 AND a.active AND c.active AND o.active AND NOT EXISTS (
    SELECT 1 FROM processes p
    WHERE p.organization_id = $1 AND p.mes_ano = $2 AND p.client_id = a.client_id AND p.operator_id = a.operator_id)
