-- Which of these buyers have bought anything of the business beside them. Looked up one by one: together, the planner
-- would read every purchase there is.
SELECT one.buyer_id, one.business_id
FROM unnest(%(buyer)s::uuid[], %(business)s::uuid[]) AS one (buyer_id, business_id)
CROSS JOIN LATERAL (
    SELECT FROM billing.game_purchase AS p
    WHERE p.buyer_id = one.buyer_id AND p.business_id = one.business_id AND NOT p.test AND p.completed_at IS NOT NULL
    LIMIT 1
) AS bought
