-- Once: the same notification may come again. What the relay answered is kept,
-- since it names the mail in the relay's log.
UPDATE delivery_attempt SET answer = $3 ||
    CASE WHEN answer = '' THEN '' ELSE '; was taken with: ' || answer END
WHERE delivery_id = $1 AND attempt = $2
    AND substr(answer, 1, 9) <> 'bounced: '
