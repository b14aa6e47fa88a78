-- The writing transaction is alone already.
SELECT 1
