SELECT MAX(d.received_at)
FROM owned_domain o CROSS JOIN inbox_day d
WHERE d.domain = o.domain AND d.state = $1 AND ($2 = '' OR o.domain = $2)
    AND ($3 = '' OR o.domain = ANY (string_to_array($3, '|')))
