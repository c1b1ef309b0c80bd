"""Where an address stands within this application, which may be mounted under a prefix of another.

Everything that looks at an address or writes a link asks here.
"""

from __future__ import annotations

from starlette.types import Scope


def root_of(scope: Scope) -> str:
    """The prefix that the application is mounted under, blank where it is not."""
    root: str = scope.get("root_path", "")
    return root.rstrip("/")


def path_of(scope: Scope) -> str:
    """The address within the application; it begins with a slash."""
    path: str = scope["path"]
    root = root_of(scope)
    if root and (path == root or path.startswith(root + "/")):
        return path[len(root) :] or "/"
    return path
