"""Errors of this package: what is wrong, where, and how to fix it."""


class ServingError(Exception):
    """Something could not be published, found or read; the served version is unchanged."""

    def __init__(self, what: str, where: str, do: str) -> None:
        super().__init__(f"{where}: {what} To fix: {do}")
        self.what, self.where, self.do = what, where, do


class PublishError(ServingError):
    """A build was not published; the served version is the one before."""


class VersionError(ServingError):
    """A published version is missing, damaged or not to be served."""


class ReadError(ServingError):
    """A published version could not be opened, or a query on it failed."""


class MirrorError(ServingError):
    """The mirror doesn't show the served version; the served version itself is unchanged."""
