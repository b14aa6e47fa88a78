DELETE FROM inbox_held WHERE intake_id = $1
