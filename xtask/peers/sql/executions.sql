SELECT id FROM executions WHERE process_id = $1 ORDER BY id DESC LIMIT 20
