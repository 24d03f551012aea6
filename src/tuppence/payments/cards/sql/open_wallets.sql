INSERT INTO payments.wallet (person_id) SELECT unnest(%(people)s::uuid[]) ON CONFLICT DO NOTHING
