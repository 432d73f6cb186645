SELECT id, at, actor, move, from_status, to_status, reason FROM process_moves WHERE process_id = $1 ORDER BY id DESC LIMIT 500
