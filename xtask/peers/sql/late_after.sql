SELECT late_after_days FROM organizations WHERE id = $1
