SELECT segment, position
FROM intake_place
WHERE spool = $1
