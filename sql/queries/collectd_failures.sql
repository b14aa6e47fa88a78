-- With the results that each belongs to.
SELECT f.domain, f.tlsrptrecord, f.policy, r.cntrtotal, r.cntrfailure, f.cntr,
    f.reason
FROM failures AS f
LEFT JOIN finalresults AS r ON r.day = f.day AND r.domain = f.domain
    AND r.tlsrptrecord IS f.tlsrptrecord AND r.policy = f.policy
WHERE f.day = $1
ORDER BY f.cntr DESC
