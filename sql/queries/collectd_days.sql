-- No counts of texts, or past what an integer holds, come out of TOTAL.
SELECT day, COUNT(*), CAST(TOTAL(results) AS INTEGER), 0, 0, 0
FROM (SELECT day, cntrtotal AS results FROM finalresults
    UNION ALL SELECT day, 0 FROM failures)
GROUP BY day
ORDER BY day
