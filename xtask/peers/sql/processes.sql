-- Left joins: SQLite then reads the processes first, in their order, and stops at the limit.
SELECT p.id, p.client_id, c.razao_social, c.cnpj, p.operator_id, o.name, p.account_id, a.account_number, p.mes_ano, p.status,
       p.status_since, p.url_fatura, p.fatura_s3_key, p.fatura_filename, p.fatura_sha256, p.data_upload_manual, p.data_download,
       p.valor_fatura, p.data_vencimento, p.data_envio_sat, p.sat_protocol, p.approved_by, p.approved_at, p.rejection_reason,
       p.created_at, p.updated_at, p.version, p.error_cause, p.error_step, p.error_action
FROM processes p
LEFT JOIN clients c ON c.id = p.client_id
LEFT JOIN operators o ON o.id = p.operator_id
LEFT JOIN accounts a ON a.id = p.account_id
WHERE p.organization_id = $1
ORDER BY p.id DESC LIMIT $2
