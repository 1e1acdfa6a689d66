"""A thumbnail of the page, if the machine has a browser."""

import shutil
import subprocess
import tempfile
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 30


def screenshot(page: Path) -> bytes | None:
    """The top of the page in the file `page` as a PNG, 720 × 450; None without a browser, or if it fails.

    The page makes no request and runs only its own script, so the browser may run without a sandbox, as root must.
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
