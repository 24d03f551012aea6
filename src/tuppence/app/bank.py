"""How files reach our bank and come from it: what the operator named, or folders in the data folder."""

from urllib.parse import urlsplit

from tuppence.rails.bank.exchange import Exchange, Folder, Login, Sftp
from tuppence.settings import Settings

_FOLDER_LOOK_S = 1.0
_SFTP_LOOK_S = 60.0  # a connection each time


def exchange(settings: Settings) -> Exchange:
    """The one that is set. What went through is kept below `bank_dir` either way."""
    if settings.bank_sftp is None:
        return Folder(settings.bank_folder)
    assert settings.bank_sftp_key_file is not None
    assert settings.bank_sftp_host_key is not None
    place = urlsplit(settings.bank_sftp)
    below = place.path.rstrip("/")
    login = Login(
        place.hostname or "",
        place.port or 22,
        place.username or "",
        settings.bank_sftp_key_file,
        settings.bank_sftp_host_key,
        outbox=f"{below}/outbox".removeprefix("/~/"),
        inbox=f"{below}/inbox".removeprefix("/~/"),
    )
    return Sftp(login, settings.bank_folder)


def look_s(settings: Settings) -> float:
    """How often the worker looks into the inbox."""
    return _FOLDER_LOOK_S if settings.bank_sftp is None else _SFTP_LOOK_S
