SELECT id, name, active FROM operators WHERE organization_id = $1 ORDER BY sort_name, id
