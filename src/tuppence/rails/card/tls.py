"""TLS to the network and from it: both sides show certificates. Made anew for each connection, so renewals count."""

import ssl
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Tls:
    """Whom to believe and what to show. Paths, not contents: a renewed file is read at the next connection."""

    ca_file: Path | None = None  # unset: the machine's own list
    cert_file: Path | None = None
    key_file: Path | None = None
    server_name: str | None = None  # the name that the certificate must carry; unset: the host that is called

    def client(self) -> ssl.SSLContext:
        """For who calls. Raises OSError (ssl.SSLError is one) if a file is missing or is not what it should be."""
        context = ssl.create_default_context(cafile=self.ca_file)
        return self._armed(context)

    def server(self) -> ssl.SSLContext:
        """For who is called: nobody without a certificate that our CA signed gets as far as a message."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=self.ca_file)
        context.verify_mode = ssl.CERT_REQUIRED
        return self._armed(context)

    def _armed(self, context: ssl.SSLContext) -> ssl.SSLContext:
        context.minimum_version = ssl.TLSVersion.TLSv1_2  # PCI DSS 4.0, requirement 4.2.1
        if self.cert_file:
            context.load_cert_chain(self.cert_file, self.key_file)
        return context
