"""What everybody tries first, and names that the house keeps for itself."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


RESERVED_HANDLES = _words(
    "about abuse account accounts add admin administrator all anonymous api app bank billing bot card cards chat "
    "contact demo everyone explore friends help house inbox info legal live login mail me money moderator news nobody "
    "null official operator owner pay payment payments payout people pin press privacy refund refunds root sandbox "
    "security settings sign_in sign_up staff status support sync system team terms test tuppence undefined user vault "
    "webmaster www you"
)

# The head of every published list of leaked passwords, as far as it is eight characters or longer.
COMMON_PASSWORDS = _words(
    "00000000 11111111 11223344 12121212 123123123 12341234 1234512345 12345678 123456789 1234567890 "
    "123456789a 12345678a 123456abc 123654789 147258369 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2 22222222 55555555 "
    "66666666 69696969 77777777 87654321 88888888 98765432 987654321 99999999 a1b2c3d4 a1234567 a12345678 aa123456 "
    "aaaaaaaa abc12345 abcd1234 abcdefgh access14 alexander asdf1234 asdfasdf asdfghjk asdfghjkl babygirl baseball "
    "basketball blink182 butterfly charlie1 changeme chocolate computer corvette danielle dearbook dragon123 "
    "elizabeth football iloveyou iloveyou1 internet jennifer jessica1 jonathan justin123 letmein1 liverpool "
    "loveyou1 marlboro maverick mercedes michael1 michelle midnight monkey123 motdepasse mustang1 passw0rd password "
    "password! password1 password12 password123 p@ssw0rd p@ssword princess princess1 q1w2e3r4 q1w2e3r4t5 qazwsx123 "
    "qazwsxedc qwer1234 qwerty12 qwerty123 qwertyui qwertyuiop rockyou1 samantha sandbox1 secret123 starwars steelers "
    "sunshine sunshine1 superman superman1 trustno1 tuppence victoria welcome1 welcome123 whatever windows1 "
    "zaq12wsx zxcvbnm1 zxcvbnm123"
)

# Shapes on a keypad and dates that everybody knows; runs and repeats are a rule, not a list.
COMMON_PINS = _words(
    "0852 0911 1004 1379 147258 159753 159357 2580 258000 258012 314159 1313 1122 112233 223344 "
    "2468 246810 135790 1357 369258 456852 5683 741852 789456 852456 8520 951753 963852 9713"
)
