-- Who has bought anything of which business.
SELECT buyer_id, business_id
FROM unnest(%(buyers)s::uuid[]) AS one (buyer_id), unnest(%(businesses)s::uuid[]) AS other (business_id)
WHERE EXISTS (
    SELECT FROM billing.game_purchase AS p
    WHERE p.buyer_id = one.buyer_id AND p.business_id = other.business_id AND NOT test AND completed_at IS NOT NULL
)
