-- Those of a state, by severity.
SELECT severity, COUNT(*)
FROM finding
WHERE state = $1
GROUP BY severity
