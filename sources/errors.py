"""What the landing step raises: errors that name what is wrong, where, and what to do."""


class LandingError(Exception):
    """A source could not be landed; nothing of it was written and its last good loads stay."""

    def __init__(self, what: str, where: str, do: str) -> None:
        super().__init__(f"{where}: {what} What to do: {do}")
        self.what, self.where, self.do = what, where, do
