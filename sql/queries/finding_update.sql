UPDATE finding SET state = $2, severity = $3, conclusion = $4, confidence = $5,
    first_day = $6, last_day = $7, evidence = $8
WHERE finding_id = $1 AND closed_at IS NULL
