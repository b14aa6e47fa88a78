-- By days and domains each, which both databases look up in the primary key.
DELETE FROM inbox_detail
WHERE day IN (SELECT day FROM inbox_policy WHERE intake_id = $1)
    AND domain IN (SELECT domain FROM inbox_policy WHERE intake_id = $1)
    AND intake_id = $1
