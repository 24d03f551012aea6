UPDATE payments.bank_received SET reference = %(reference)s, net_minor = %(net_minor)s WHERE sha256 = %(sha256)s
