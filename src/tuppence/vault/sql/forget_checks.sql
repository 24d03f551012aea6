DELETE FROM vault.card_check WHERE at < %(before)s
