SELECT id FROM jobs WHERE organization_id = $1 AND subject_id = $2 AND task = 'send_to_sat' ORDER BY id DESC LIMIT 1
