INSERT INTO payments.clearing_file (rail, sequence, business_date, digest, lines, net_minor, read_at)
VALUES (%(rail)s, %(sequence)s, %(business_date)s, %(digest)s, %(lines)s, %(net_minor)s, %(read_at)s)
