-- Compare and set: what two have looked up counts once.
UPDATE log_level SET settled = settled + $8, reported = reported + $9
WHERE day = $1 AND domain = $2 AND mx_host = $3 AND peer_ip = $4 AND tls = $5
    AND level = $6 AND settled = $7
