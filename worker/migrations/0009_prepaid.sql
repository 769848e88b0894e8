-- Orders whose terms have everything paid before we perform use no credit. They were counted for what their amount left.
UPDATE ordered SET left_minor = left_minor - counted.minor
FROM (
    SELECT fact.feed,
        max(CAST(replace(body ->> '$.amount.amount', '.', '') AS INTEGER)
            - coalesce(CAST(replace(body ->> '$.prepayment.amount', '.', '') AS INTEGER), 0), 0) AS minor
    FROM fact WHERE kind = 'ordered' AND (
        body ->> '$.terms.kind' = 'prepaid' OR body ->> '$.terms.kind' = 'agreed' AND NOT EXISTS (
            SELECT 1 FROM json_each(fact.body -> '$.terms.parts')
            WHERE value ->> '$.base' <> 'order' OR value ->> '$.days' <> 0
        )
    )
) AS counted
WHERE ordered.feed = counted.feed;

-- Standings follow.
UPDATE standing SET orders = (
    SELECT coalesce(json_group_array(json_array(currency, date, minor)), '[]') FROM (
        SELECT currency, date, sum(left_minor) AS minor FROM ordered
        WHERE ordered.customer = standing.customer AND ended = 0 AND left_minor > 0
        GROUP BY currency, date ORDER BY currency, date
    ))
WHERE customer IN (SELECT customer FROM ordered);
