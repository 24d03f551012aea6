INSERT INTO ads.method (account_id, place, person_id, card_id, bank_id, mandate_id)
SELECT * FROM unnest(
    %(account_id)s::uuid[], %(place)s::int[], %(person_id)s::uuid[], %(card_id)s::uuid[], %(bank_id)s::uuid[],
    %(mandate_id)s::uuid[]
)
