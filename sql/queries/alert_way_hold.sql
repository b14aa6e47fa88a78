-- In each transaction: whoever has lost it meanwhile writes nothing.
UPDATE alert_way SET worked_until = $3 WHERE way = $1 AND worker = $2
