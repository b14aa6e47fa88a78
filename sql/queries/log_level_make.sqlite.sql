-- There are no partitions.
SELECT $1
