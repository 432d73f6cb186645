SELECT status, count(*) FROM processes WHERE organization_id = $1 AND mes_ano = $2 GROUP BY status
