"""Exchanging files with a bank: through two folders, or over SFTP. One protocol, the same promises."""

from tuppence.rails.bank.exchange.disk import digest
from tuppence.rails.bank.exchange.errors import ContentDiffers, ExchangeAway, FileTooLarge, HostKeyDiffers, NameRefused
from tuppence.rails.bank.exchange.folder import Folder
from tuppence.rails.bank.exchange.protocol import Exchange
from tuppence.rails.bank.exchange.sftp import Login, Sftp

__all__ = [
    "ContentDiffers",
    "Exchange",
    "ExchangeAway",
    "FileTooLarge",
    "Folder",
    "HostKeyDiffers",
    "Login",
    "NameRefused",
    "Sftp",
    "digest",
]
