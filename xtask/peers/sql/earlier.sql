SELECT mes_ano, valor_fatura FROM processes
WHERE organization_id = $1 AND client_id = $2 AND operator_id = $3 AND mes_ano >= $4 AND mes_ano < $5
