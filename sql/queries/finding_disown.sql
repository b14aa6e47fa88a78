-- Of domains that are ours no more.
UPDATE finding SET state = $1, closed_at = $2
WHERE closed_at IS NULL AND domain <> ''
    AND NOT EXISTS (SELECT 1 FROM owned_domain o
        WHERE o.domain = finding.domain)
