"""Who somebody is, how they prove it, and who their friends are. Everything here runs on the real clock.

The verbs and reads are listed; the nouns that they take and give are here as well, under their own names.
"""

from tuppence.people import errors as errors
from tuppence.people import keys as keys
from tuppence.people import passkeys as passkeys
from tuppence.people import sync as sync
from tuppence.people.actions import SESSION_CHANNEL, change_me, end_sessions, open_sessions, sign_up, touch
from tuppence.people.entrance import Entrance
from tuppence.people.entrance import Newcomer as Newcomer
from tuppence.people.entrance import SetPin as SetPin
from tuppence.people.entrance import SignIn as SignIn
from tuppence.people.friends import answer_friend, ask_friend, block, unblock
from tuppence.people.hashing import Pepper as Pepper
from tuppence.people.hashing import hash_password, load_pepper
from tuppence.people.link import link_to, qr_svg
from tuppence.people.model import AnswerFriend as AnswerFriend
from tuppence.people.model import AskFriend as AskFriend
from tuppence.people.model import Between as Between
from tuppence.people.model import Block as Block
from tuppence.people.model import ChangeMe as ChangeMe
from tuppence.people.model import Device as Device
from tuppence.people.model import EndSession as EndSession
from tuppence.people.model import FriendRequest as FriendRequest
from tuppence.people.model import Friends as Friends
from tuppence.people.model import Me as Me
from tuppence.people.model import OpenSession as OpenSession
from tuppence.people.model import Person as Person
from tuppence.people.model import Profile as Profile
from tuppence.people.model import Proof as Proof
from tuppence.people.model import Session as Session
from tuppence.people.model import Signed as Signed
from tuppence.people.model import SignUp as SignUp
from tuppence.people.model import Tie as Tie
from tuppence.people.passkeys import Passkey as Passkey
from tuppence.people.passkeys import RelyingParty as RelyingParty
from tuppence.people.queries import (
    access_friends,
    access_me,
    access_session,
    access_sessions,
    between,
    digest_of,
    find_by_handle,
    last_proof,
    profiles,
)

__all__ = [
    "SESSION_CHANNEL",
    "Entrance",
    "access_friends",
    "access_me",
    "access_session",
    "access_sessions",
    "answer_friend",
    "ask_friend",
    "between",
    "block",
    "change_me",
    "digest_of",
    "end_sessions",
    "find_by_handle",
    "hash_password",
    "last_proof",
    "link_to",
    "load_pepper",
    "open_sessions",
    "profiles",
    "qr_svg",
    "sign_up",
    "touch",
    "unblock",
]
