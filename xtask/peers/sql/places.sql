SELECT p.id, c.razao_social, o.name, p.mes_ano, d.filename, d.number, d.created_at
FROM documents d JOIN processes p ON p.id = d.process_id
JOIN clients c ON c.id = p.client_id JOIN operators o ON o.id = p.operator_id
WHERE d.organization_id = $1 AND d.sha256 = $2 ORDER BY d.id DESC LIMIT 20
