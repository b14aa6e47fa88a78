-- Mails to mailboxes of a domain that left us in [$2, $3).
SELECT COUNT(*) FROM delivery
WHERE host = $1 AND done_at >= $2 AND done_at < $3 AND state IN ($4, $5)
    AND LOWER(CASE WHEN target = '' THEN uri ELSE target END) LIKE 'mailto:%'
