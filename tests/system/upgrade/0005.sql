UPDATE delivery SET target = 'https://r.example/moved'
WHERE delivery_id = '00000000-0000-4000-8000-0000000000d3';
