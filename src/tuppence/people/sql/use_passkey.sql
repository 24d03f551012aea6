UPDATE people.passkey SET sign_count = %(sign_count)s WHERE id = %(id)s
