-- The writing transaction is alone already.
SELECT closed_at FROM day WHERE day = $1
