-- A page of attempts on rails, oldest first: their ids alone. Each table gives its own first ones by its primary key, so
-- that a page costs what a page holds, however many there are. Through the view the planner would read and sort all of
-- them for each page, and a day's reconciliation would cost the square of the day.
CREATE FUNCTION payments.attempt_page(after uuid, since timestamptz, also uuid[], most int) RETURNS SETOF uuid
LANGUAGE sql STABLE AS $$
SELECT id FROM (
    (SELECT id FROM payments.attempt
     WHERE id > after AND (marked_at >= since OR id = ANY(also)) ORDER BY id LIMIT most)
    UNION ALL
    (SELECT id FROM payments.charge_attempt
     WHERE id > after AND (marked_at >= since OR id = ANY(also)) ORDER BY id LIMIT most)
    UNION ALL
    (SELECT id FROM payments.redress_attempt
     WHERE id > after AND (marked_at >= since OR id = ANY(also)) ORDER BY id LIMIT most)
    UNION ALL
    (SELECT id FROM payments.bank_entry
     WHERE id > after AND purpose = 'order' AND (made_at >= since OR id = ANY(also)) ORDER BY id LIMIT most)
) AS first_ones
ORDER BY id LIMIT most
$$;
REVOKE ALL ON FUNCTION payments.attempt_page FROM PUBLIC;
GRANT EXECUTE ON FUNCTION payments.attempt_page TO tuppence_app;
