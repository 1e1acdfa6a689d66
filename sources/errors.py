"""Errors of landing: what is wrong, where, and how to fix it."""


class LandingError(Exception):
    """A source could not be landed; nothing was written, and its last good loads are unchanged."""

    def __init__(self, what: str, where: str, do: str) -> None:
        super().__init__(f"{where}: {what} To fix: {do}")
        self.what, self.where, self.do = what, where, do


class UndeclaredError(LandingError):
    """A file may be written in several ways. `setting` of portfolio.yml's `files` says one of them: the most likely."""

    def __init__(self, what: str, where: str, do: str, setting: dict[str, str]) -> None:
        super().__init__(what, where, do)
        self.setting = setting
