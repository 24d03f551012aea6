DELETE FROM outbox.delivery WHERE state = 'delivered' AND due_at < %(before)s
