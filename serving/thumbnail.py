"""A small picture of the page, taken with a browser of the machine where there is one."""

import shutil
import subprocess
import tempfile
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 30


def screenshot(page: Path) -> bytes | None:
    """The top of the page in the file `page` as a PNG, 720 × 450; None without a browser, or where it fails.

    The page makes no request and runs no script but its own, so the browser needs no sandbox of its own, which it
    can't have as root.
    """
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "page.png"
        command = [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--force-device-scale-factor=0.5",
            "--window-size=1440,900",
            f"--user-data-dir={folder}/profile",
            f"--screenshot={picture}",
            page.absolute().as_uri(),
        ]
        try:
            subprocess.run(command, capture_output=True, check=True, timeout=SECONDS)
            return picture.read_bytes()
        except (OSError, subprocess.SubprocessError):
            return None
