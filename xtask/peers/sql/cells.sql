SELECT p.id, p.operator_id, p.status, p.status_since, p.valor_fatura, coalesce(p.error_cause, p.rejection_reason),
       p.client_id, c.razao_social
FROM processes p JOIN clients c ON c.id = p.client_id
WHERE p.organization_id = $1 AND p.mes_ano = $2
ORDER BY c.sort_name, c.id, p.id DESC LIMIT $3
