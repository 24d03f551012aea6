INSERT INTO billing.game_bundle (id, business_id, buyer_id, card_id, currency, day, state)
VALUES (%(id)s, %(business_id)s, %(buyer_id)s, %(card_id)s, %(currency)s, %(day)s::date, 'open')
ON CONFLICT (buyer_id, card_id, business_id, currency, day) WHERE state = 'open' DO UPDATE SET state = 'open'
RETURNING id
