INSERT INTO audit (audit_id, at, name, address, event, detail)
VALUES ($1, $2, $3, $4, $5, $6)
