-- Whoever builds reports of the day waits.
UPDATE day SET reports_gone = reports_gone + $2
WHERE day = $1 AND closed_at IS NOT NULL AND due = 0
