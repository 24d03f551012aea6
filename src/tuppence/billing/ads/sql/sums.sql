-- What the events of each cycle come to, and beside it what its postings say of who paid.
WITH posted AS (
    SELECT cycle_id, sum(credits_minor)::bigint AS credits_minor, sum(prepaid_minor)::bigint AS prepaid_minor,
        sum(credits_minor + prepaid_minor + owed_minor)::bigint AS posted_minor
    FROM ads.posting WHERE account_id = ANY(%(accounts)s::uuid[]) GROUP BY cycle_id
), used AS (
    SELECT p.cycle_id, sum(greatest(e.amount_minor, 0))::bigint AS usage_minor,
        -sum(least(e.amount_minor, 0))::bigint AS given_back_minor, sum(e.waived_minor)::bigint AS waived_minor
    FROM ads.event AS e JOIN ads.posting AS p ON p.id = e.posting_id
    WHERE e.account_id = ANY(%(accounts)s::uuid[]) GROUP BY p.cycle_id
)
SELECT posted.cycle_id, used.usage_minor, used.given_back_minor, used.waived_minor, posted.posted_minor,
    posted.credits_minor, posted.prepaid_minor
FROM posted JOIN used ON used.cycle_id = posted.cycle_id
