UPDATE inbox_level SET state = (SELECT i.state FROM inbox i
    WHERE i.intake_id = inbox_level.intake_id AND i.part = inbox_level.part)
WHERE intake_id = $1
