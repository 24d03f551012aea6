SELECT count(*) FILTER (WHERE person_id = %(person_id)s AND at > %(day_ago)s) AS by_person,
       count(*) FILTER (WHERE address = %(address)s AND at > %(hour_ago)s) AS by_address
FROM vault.card_check
WHERE (person_id = %(person_id)s AND at > %(day_ago)s) OR (address = %(address)s AND at > %(hour_ago)s)
