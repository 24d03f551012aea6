-- Cards that are the only method of an account with something unpaid.
SELECT m.card_id FROM unnest(%(card_id)s::uuid[], %(person_id)s::uuid[]) AS asked (card_id, person_id)
JOIN ads.method AS m ON m.card_id = asked.card_id AND m.person_id = asked.person_id
WHERE NOT EXISTS (SELECT 1 FROM ads.method AS other WHERE other.account_id = m.account_id AND other.place <> m.place)
    AND EXISTS (
        SELECT 1 FROM ads.cycle AS c
        WHERE c.account_id = m.account_id AND c.state NOT IN ('paid', 'written_off')
            AND c.usage_minor - c.given_back_minor - c.waived_minor - c.credits_minor - c.prepaid_minor
                + c.carried_in_minor - c.carried_out_minor > 0
    )
