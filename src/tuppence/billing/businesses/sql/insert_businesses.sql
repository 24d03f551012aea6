WITH founded AS (
    INSERT INTO billing.business (id, name, country, currency, zone, created_by)
    SELECT * FROM unnest(%(id)s::uuid[], %(name)s::text[], %(country)s::text[], %(currency)s::text[], %(zone)s::text[],
        %(by)s::uuid[])
    ON CONFLICT (id) DO NOTHING RETURNING id, created_by
)
INSERT INTO billing.member (business_id, person_id, role, since) SELECT id, created_by, 'owner', %(since)s FROM founded
