-- Policies of an intake that the account may not see.
SELECT COUNT(*)
FROM inbox_level l LEFT JOIN inbox_policy p ON p.intake_id = l.intake_id
    AND p.part = l.part
WHERE l.intake_id = $1 AND NOT ($2 = ''
        OR REPLACE($2, '|' || COALESCE(p.domain, '') || '|', '') <> $2)
