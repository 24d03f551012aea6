SELECT count(*)::int FROM vault.card WHERE deleted_at IS NULL AND COALESCE(dek_at, created_at) < %(before)s
