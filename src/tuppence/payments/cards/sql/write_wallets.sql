UPDATE payments.wallet AS w
SET pays_card_id = new.pays_card_id, receives_card_id = new.receives_card_id, receives_bank_id = new.receives_bank_id
FROM unnest(
    %(person_id)s::uuid[], %(pays_card_id)s::uuid[], %(receives_card_id)s::uuid[], %(receives_bank_id)s::uuid[]
) AS new (person_id, pays_card_id, receives_card_id, receives_bank_id)
WHERE w.person_id = new.person_id
