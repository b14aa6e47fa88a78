-- The busiest first, so that a ceiling folds what is rare.
SELECT domain, tlsrptrecord, policy, cntrtotal, cntrfailure,
    (SELECT CAST(TOTAL(cntr) AS INTEGER) FROM failures AS f
        WHERE f.day = r.day AND f.domain = r.domain
            AND f.tlsrptrecord IS r.tlsrptrecord AND f.policy = r.policy)
FROM finalresults AS r
WHERE day = $1
ORDER BY cntrtotal DESC
