SELECT l.day, l.domain, l.reporter
FROM inbox i JOIN inbox_level l ON l.intake_id = i.intake_id AND l.part = i.part
WHERE i.identity_key = $1
