DELETE FROM apps.token WHERE family = %(family)s
