SELECT i.received_at, i.way, i.peer, i.route, i.sender, i.recipient, r.is_mail,
    r.raw
FROM inbox i JOIN inbox_raw r ON r.intake_id = i.intake_id
WHERE i.intake_id = $1
ORDER BY i.part
LIMIT 1
