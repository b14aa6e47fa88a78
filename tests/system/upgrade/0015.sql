UPDATE day SET domains = 3, succeeded = 40, failed = 4, reports = 1
WHERE day = 20512;
UPDATE day SET domains = 2, succeeded = 16, failed = 2, reports = 1
WHERE day = 20513;
