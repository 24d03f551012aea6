"""ISO 8583:1987 whole, in ASCII with bitmaps in hexadecimal: the data elements as the standard numbers them.

Networks speak dialects of this. Ours (`spec.DIALECT`) is strict about which message has what; this spec is for
looking at anybody's messages: any type, any element, each of its kind, length and form. `unpack(raw, ISO_1987)`.
Source: ISO 8583:1987, table 2.
"""

from types import MappingProxyType

from tuppence.rails.card.spec import Field, Spec

_FIELDS = {
    2: Field("n", 19, "primary account number", 2),
    3: Field("n", 6, "processing code", shown=True),
    4: Field("n", 12, "amount, transaction", shown=True),
    5: Field("n", 12, "amount, settlement", shown=True),
    6: Field("n", 12, "amount, cardholder billing", shown=True),
    7: Field("n", 10, "transmission date and time", shown=True, form="MMDDhhmmss"),
    8: Field("n", 8, "amount, cardholder billing fee", shown=True),
    9: Field("n", 8, "conversion rate, settlement", shown=True),
    10: Field("n", 8, "conversion rate, cardholder billing", shown=True),
    11: Field("n", 6, "system trace audit number", shown=True),
    12: Field("n", 6, "time, local transaction", shown=True, form="hhmmss"),
    13: Field("n", 4, "date, local transaction", shown=True, form="MMDD"),
    14: Field("n", 4, "date, expiration", form="YYMM"),
    15: Field("n", 4, "date, settlement", shown=True, form="MMDD"),
    16: Field("n", 4, "date, conversion", shown=True, form="MMDD"),
    17: Field("n", 4, "date, capture", shown=True, form="MMDD"),
    18: Field("n", 4, "merchant's type", shown=True),
    19: Field("n", 3, "acquiring institution country code", shown=True),
    20: Field("n", 3, "primary account number extended, country code", shown=True),
    21: Field("n", 3, "forwarding institution country code", shown=True),
    22: Field("n", 3, "point of service entry mode", shown=True),
    23: Field("n", 3, "card sequence number", shown=True),
    24: Field("n", 3, "network international identifier", shown=True),
    25: Field("n", 2, "point of service condition code", shown=True),
    26: Field("n", 2, "point of service PIN capture code", shown=True),
    27: Field("n", 1, "authorization identification response length", shown=True),
    28: Field("x", 9, "amount, transaction fee", shown=True),
    29: Field("x", 9, "amount, settlement fee", shown=True),
    30: Field("x", 9, "amount, transaction processing fee", shown=True),
    31: Field("x", 9, "amount, settlement processing fee", shown=True),
    32: Field("n", 11, "acquiring institution identification code", 2, shown=True),
    33: Field("n", 11, "forwarding institution identification code", 2, shown=True),
    34: Field("ans", 28, "primary account number, extended", 2),
    35: Field("z", 37, "track 2 data", 2),
    36: Field("z", 104, "track 3 data", 3),
    37: Field("an", 12, "retrieval reference number", shown=True),
    38: Field("an", 6, "authorization identification response", shown=True),
    39: Field("an", 2, "response code", shown=True),
    40: Field("an", 3, "service restriction code", shown=True),
    41: Field("ans", 8, "card acceptor terminal identification", shown=True),
    42: Field("ans", 15, "card acceptor identification code", shown=True),
    43: Field("ans", 40, "card acceptor name and location", shown=True),
    44: Field("ans", 25, "additional response data", 2),
    45: Field("ans", 76, "track 1 data", 2),
    46: Field("ans", 999, "additional data, ISO", 3),
    47: Field("ans", 999, "additional data, national", 3),
    48: Field("ans", 999, "additional data, private", 3),
    49: Field("an", 3, "currency code, transaction", shown=True),
    50: Field("an", 3, "currency code, settlement", shown=True),
    51: Field("an", 3, "currency code, cardholder billing", shown=True),
    52: Field("b", 16, "personal identification number data"),
    53: Field("n", 16, "security related control information"),
    54: Field("an", 120, "additional amounts", 3),
    64: Field("b", 16, "message authentication code"),
    66: Field("n", 1, "settlement code", shown=True),
    67: Field("n", 2, "extended payment code", shown=True),
    68: Field("n", 3, "receiving institution country code", shown=True),
    69: Field("n", 3, "settlement institution country code", shown=True),
    70: Field("n", 3, "network management information code", shown=True),
    71: Field("n", 4, "message number", shown=True),
    72: Field("n", 4, "message number, last", shown=True),
    73: Field("n", 6, "date, action", shown=True, form="YYMMDD"),
    90: Field("n", 42, "original data elements", shown=True),
    91: Field("an", 1, "file update code", shown=True),
    92: Field("an", 2, "file security code"),
    93: Field("an", 5, "response indicator", shown=True),
    94: Field("an", 7, "service indicator", shown=True),
    95: Field("an", 42, "replacement amounts", shown=True),
    96: Field("b", 16, "message security code"),
    97: Field("x", 17, "amount, net settlement", shown=True),
    98: Field("ans", 25, "payee"),
    99: Field("n", 11, "settlement institution identification code", 2, shown=True),
    100: Field("n", 11, "receiving institution identification code", 2, shown=True),
    101: Field("ans", 17, "file name", 2),
    102: Field("ans", 28, "account identification 1", 2),
    103: Field("ans", 28, "account identification 2", 2),
    104: Field("ans", 100, "transaction description", 3),
    128: Field("b", 16, "message authentication code"),
}
_FIELDS |= {number: Field("ans", 999, "reserved", 3) for number in (*range(55, 64), *range(105, 128))}
_FIELDS |= {number: Field("n", 10, "number of transactions", shown=True) for number in range(74, 82)}
_FIELDS |= {number: Field("n", 12, "fees in total", shown=True) for number in range(82, 86)}
_FIELDS |= {number: Field("n", 16, "amounts in total", shown=True) for number in range(86, 90)}

ISO_1987 = Spec(MappingProxyType(_FIELDS))
