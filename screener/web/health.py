"""Whether the server of this environment can do its work: `python -m screener.web.health`.

For a container or a watchdog: it asks the server by its own settings, and ends with 0 or 1.
"""

from __future__ import annotations

import http.client
import ssl
import sys

from screener.web.configuration import Refused, configured


def ready() -> bool:
    """Whether the server says that it is ready."""
    given = configured({})
    host = "127.0.0.1" if given.host in ("0.0.0.0", "::") else given.host
    connection: http.client.HTTPConnection
    if given.certificate is None:
        connection = http.client.HTTPConnection(host, given.port, timeout=5)
    else:
        # It asks itself: the certificate is for the name that others use.
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(host, given.port, timeout=5, context=trusting)
    try:
        connection.request("GET", "/readyz", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    try:
        sys.exit(0 if ready() else 1)
    except Refused as refused:
        print(refused, file=sys.stderr)
        sys.exit(1)
