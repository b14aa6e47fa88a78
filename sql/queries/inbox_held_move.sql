UPDATE inbox_held SET class = $2, row_bytes = $3
WHERE intake_id = $1
