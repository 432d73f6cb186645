SELECT count(*) FROM processes
WHERE organization_id = $1 AND mes_ano = $2 AND status <> 'UPLOAD_REALIZADO' AND status_since < $3
