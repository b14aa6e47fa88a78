-- Of the first day before $1 that is over and has any.
DELETE FROM no_report
WHERE day = (SELECT MIN(n.day)
    FROM no_report n JOIN day d ON d.day = n.day
    WHERE n.day < $1 AND d.closed_at IS NOT NULL AND d.due = 0)
