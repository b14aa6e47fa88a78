-- What was counted first: it stays as it is while the file does.
SELECT domain, tlsrptrecord, policy, its FROM finalresults ORDER BY rowid LIMIT 1
