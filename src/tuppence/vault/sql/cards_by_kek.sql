SELECT kek_id, kek_version, count(*) AS cards FROM vault.card WHERE deleted_at IS NULL GROUP BY kek_id, kek_version
