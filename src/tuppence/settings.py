"""What an operator may set: environment `TUPPENCE_*`, then a TOML file, then these defaults.

The numbers of the business are not here but in the policy file; secrets are not here but in key files.
"""

import ipaddress
import os
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource


def _folder(variable: str, fallback: str) -> Path:
    """One of the XDG base directories, with our name in it."""
    return Path(os.environ.get(variable) or Path.home() / fallback) / "tuppence"


def config_file() -> Path:
    """Where the TOML file is looked for; it need not exist."""
    return Path(os.environ.get("TUPPENCE_CONFIG") or _folder("XDG_CONFIG_HOME", ".config") / "config.toml")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or parts.query:
        raise ValueError("must be http(s)://host[:port] with nothing behind it")
    return f"{parts.scheme}://{parts.netloc}"


def _iban(text: str) -> str:
    from tuppence.rails.bank.sepa import iban_holds  # heavy, and only where one is set

    if not iban_holds(text):
        raise ValueError("must be an IBAN without blanks; its check digits or its length do not hold")
    return text


Origin = Annotated[str, AfterValidator(_origin)]
Iban = Annotated[str, AfterValidator(_iban)]
Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    """One installation."""

    model_config = SettingsConfigDict(env_prefix="TUPPENCE_", frozen=True, extra="forbid")

    data_dir: Path = Field(
        default_factory=lambda: _folder("XDG_STATE_HOME", ".local/state"),
        description="All that must survive a restart: the embedded database, key files, the simulator's journal.",
    )
    database_url: SecretStr | None = Field(
        None, description="PostgreSQL 15 or newer, as tuppence_app. No URL set: an embedded server in data_dir."
    )
    owner_database_url: SecretStr | None = Field(None, description="As tuppence_owner; migrations alone need it.")
    vault_database_url: SecretStr | None = Field(None, description="As tuppence_vault; the vault alone needs it.")
    public_url: Origin = Field("http://localhost:8100", description="Where people's browsers find the web app.")
    host: str = Field("127.0.0.1", description="The address that the server listens on.")
    port: Port = 8100
    trusted_proxies: str = Field("127.0.0.1", description="Addresses whose X-Forwarded-* headers are believed.")
    vault_url: Origin = Field(
        "http://vault.localhost:8101", description="Where browsers find the card form; another host than public_url."
    )
    vault_host: str = Field("127.0.0.1", description="The address that the vault listens on, and is called at.")
    vault_port: Port = 8101
    network_host: str = Field("127.0.0.1", description="The card network, ISO 8583 over TCP.")
    network_port: Port = 8102
    network_tls: bool = Field(False, description="Speak TLS with the card network; the simulator then serves it.")
    network_tls_ca_file: Path | None = Field(
        None, description="Who signs the network's certificate. Unset: the system."
    )
    network_tls_cert_file: Path | None = Field(None, description="The certificate that the vault shows the network.")
    network_tls_key_file: Path | None = Field(None, description="Its private key, 0600.")
    network_tls_name: str | None = Field(None, description="The name in the network's certificate. Unset: the host.")
    simulator_tls_cert_file: Path | None = Field(None, description="What the simulator shows, with network_tls.")
    simulator_tls_key_file: Path | None = Field(None, description="Its private key, 0600.")
    simulator_world: Path | None = Field(None, description="The simulated banks' rules, a YAML file; else the house's.")
    simulator_control_port: Port = Field(8103, description="Where the sandbox tells the simulator the time.")
    clearing_dir: Path | None = Field(
        None, description="Where the card network leaves its clearing files. Unset: data_dir/clearing."
    )
    vault_mode: Literal["own", "token"] = Field(
        "own", description="own: the vault keeps card numbers. token: an acquirer does, and none ever enters."
    )
    acquirer_url: Origin = Field(
        "http://acquirer.localhost:8104", description="Token mode: where browsers find the acquirer's card fields."
    )
    acquirer_api_url: Origin | None = Field(
        None, description="Where the vault calls it. Unset: acquirer_host and port."
    )
    acquirer_host: str = Field("127.0.0.1", description="The address that the sandbox's acquirer listens on.")
    acquirer_port: Port = 8104
    acquirer_key_file: Path | None = Field(None, description="Who we are to it. Unset: data_dir/keys/acquirer.json.")
    policy_file: Path | None = Field(None, description="Limits, times and fees. Unset: the house's own.")
    webhooks_to_loopback: bool = Field(
        False, description="Sandbox: deliver webhooks to this machine too, for developers who test on theirs."
    )
    webhook_keys_file: Path | None = Field(
        None, description="Seals the secrets of webhook endpoints; server and worker. Unset: data_dir/keys/webhooks."
    )
    twin_url: Origin | None = Field(
        None, description="Where this business's other installation is found: of a live house its sandbox, and back."
    )
    sandbox: bool = Field(False, description="Test cards, a clock that can be moved, a simulated card network.")
    pin_pepper_file: Path | None = Field(None, description="Unset: data_dir/keys/pin-pepper.")
    shared_keys_file: Path | None = Field(
        None, description="Server, worker and vault. Unset: data_dir/keys/shared.json."
    )
    vault_keys_file: Path | None = Field(None, description="The vault alone. Unset: data_dir/keys/vault.json.")
    bank_dir: Path | None = Field(
        None, description="Files for our bank (outbox) and from it (inbox). Unset: data_dir/bank."
    )
    bank_sftp: str | None = Field(
        None,
        pattern="^sftp://[^@/]+@[^/]+(/.*)?$",
        description="Our bank's server instead of folders: sftp://user@host/folder, or /~/folder below our home there.",
    )
    bank_sftp_key_file: Path | None = Field(None, description="Our private key for it.")
    bank_sftp_host_key: str | None = Field(None, description="Its host key, as the bank told us: ssh-ed25519 AAAA...")
    bank_routing: str = Field("099900001", pattern="^[0-9]{9}$", description="Our own bank, as in its ACH agreement.")
    bank_name: str = Field("Granite Trust", description="The same, by name.")
    bank_account: str = Field("7000000001", description="Our account there, which settles what our files move.")
    bank_iban: Iban = Field("DE18999900017000000001", description="The same where the house holds euros.")
    company_name: str = Field("Tuppence", max_length=16, description="What people read on their bank statements.")
    company_id: str = Field("1999999999", pattern="^.{10}$", description="Who we are to our bank: ten characters.")
    bank_keys_file: Path | None = Field(
        None,
        description="The worker; the server reads the .pub.json beside it. Unset: data_dir/keys/bank-accounts.json.",
    )
    books_key_file: Path | None = Field(
        None, description="Signs statements; the worker and the operator. Unset: data_dir/keys/books.pem."
    )
    games_key_file: Path | None = Field(
        None, description="What games' secrets are derived from; server and worker. Unset: data_dir/keys/games.key."
    )
    vault_network_tokens: bool = Field(
        False, description="Ask the network for numbers that stand for kept cards, and send those instead."
    )
    vault_transit_url: Origin | None = Field(
        None,
        description="HashiCorp Vault or OpenBao, whose transit engine keeps the vault's keys. Unset: the key file.",
    )
    vault_transit_mount: str = Field("transit", pattern=r"^[a-zA-Z0-9_/-]+$")
    vault_transit_key: str = Field("tuppence", pattern=r"^[a-zA-Z0-9_-]+$", description="Its key, kind aes256-gcm96.")
    vault_transit_token_file: Path | None = Field(None, description="Unset: data_dir/keys/transit-token.")
    vault_transit_ca_file: Path | None = Field(None, description="Who signs its certificate. Unset: the system.")
    api_key: SecretStr | None = Field(None, description="Yours, for commands that call the API: `books correct`.")
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library names the parameters
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Given in code, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, config_file())

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if urlsplit(self.public_url).hostname == urlsplit(self.vault_url).hostname:
            raise ValueError("vault_url must have another host name than public_url: ports do not separate cookies")
        if _is_address(self.public_url):
            raise ValueError("public_url must name a host, not an address: passkeys are bound to a domain")
        if self.bank_sftp and not (self.bank_sftp_key_file and self.bank_sftp_host_key):
            raise ValueError("bank_sftp needs bank_sftp_key_file and bank_sftp_host_key")
        return self

    @property
    def calls_loopback(self) -> bool:
        """Whether somebody else's address may lead to this machine: never where money is real."""
        return self.sandbox and self.webhooks_to_loopback

    @property
    def vault_api_url(self) -> str:
        """Where server and worker call the vault: by address, since `vault.localhost` is a browser's name."""
        return f"http://{self.vault_host}:{self.vault_port}"

    @property
    def bank_folder(self) -> Path:
        """Where files are exchanged with our bank."""
        return self.bank_dir or self.data_dir / "bank"

    @property
    def clearing_folder(self) -> Path:
        """Where the worker looks for clearing files."""
        return self.clearing_dir or self.data_dir / "clearing"

    @property
    def acquirer_api(self) -> str:
        """Where the vault calls the acquirer."""
        return self.acquirer_api_url or f"http://{self.acquirer_host}:{self.acquirer_port}"

    def key_file(self, name: str, given: Path | None) -> Path:
        """Where a key file is unless somebody said otherwise."""
        return given or self.data_dir / "keys" / name


def _is_address(url: str) -> bool:
    try:
        ipaddress.ip_address(urlsplit(url).hostname or "")
    except ValueError:
        return False
    return True


def complaints() -> list[str]:
    """What is wrong with the settings as they stand, one sentence each, never quoting a value."""
    found = [f"{name}: no such setting" for name in sorted(os.environ) if _is_unknown(name)]
    try:
        Settings()
    except ValidationError as error:
        found += [f"{'.'.join(map(str, one['loc'])) or 'settings'}: {one['msg']}" for one in error.errors()]
    except tomllib.TOMLDecodeError as error:
        found.append(f"{config_file()}: {error}")
    return found


def _is_unknown(variable: str) -> bool:
    prefix, name = variable[:9], variable[9:].lower()
    return prefix == "TUPPENCE_" and name not in Settings.model_fields and name != "config"
