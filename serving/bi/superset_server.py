"""A local Superset: prepare it once, import the dashboard, and start it.

`make superset` runs `python -m serving.bi.superset_server FOLDER`, with Superset in FOLDER/venv and the bundle in
FOLDER/outcomes.zip.
"""

import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ADMIN = "admin"
CONFIG = '''"""Written once by serving/bi/superset_server.py."""

SECRET_KEY = "{secret}"
SQLALCHEMY_DATABASE_URI = "sqlite:///{folder}/superset.db"
RATELIMIT_ENABLED = False  # one person, one machine

# pages load nothing from elsewhere: no map, no font, no counting of visits
from superset.config import TALISMAN_CONFIG

TALISMAN_CONFIG["content_security_policy"] |= {{
    "img-src": ["'self'", "blob:", "data:"],
    "connect-src": ["'self'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "font-src": ["'self'"],
}}
'''


@dataclass(frozen=True)
class Superset:
    """A Superset with its programs in `programs`, and its settings, password and own database in `folder`."""

    programs: Path
    folder: Path
    port: int = 8088

    @property
    def url(self) -> str:
        """Its address in a browser."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def password(self) -> str:
        """The administrator's password, generated when it was prepared."""
        return (self.folder / "password").read_text(encoding="utf-8")

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its programs; telemetry is off."""
        return {
            "PATH": f"{self.programs}:/usr/bin:/bin",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "FLASK_APP": "superset",
            "SUPERSET_HOME": str(self.folder),
            "SUPERSET_CONFIG_PATH": str(self.folder / "superset_config.py"),
            "SCARF_ANALYTICS": "false",
        }

    def prepare(self) -> None:
        """Make its settings, its own database and the administrator, unless they are there.

        Raises subprocess.CalledProcessError.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if (self.folder / "prepared").exists():
            return
        for name, text in (
            ("superset_config.py", CONFIG.format(secret=secrets.token_urlsafe(42), folder=self.folder.absolute())),
            ("password", secrets.token_urlsafe(12)),
        ):
            path = self.folder / name
            path.touch(mode=0o600)
            path.write_text(text, encoding="utf-8")
        self.run("db", "upgrade")
        person = (
            "--username",
            ADMIN,
            "--firstname",
            "Outcome",
            "--lastname",
            "Warehouse",
            "--email",
            "admin@localhost",
        )
        self.run("fab", "create-admin", *person, "--password", self.password)
        self.run("init")
        (self.folder / "prepared").touch()

    def take(self, bundle: Path) -> None:
        """Import the dashboard with Superset's own command, replacing an earlier one of that portfolio.

        Raises subprocess.CalledProcessError.
        """
        self.run("import-dashboards", "--path", str(bundle), "--username", ADMIN)

    def start(self) -> subprocess.Popen[bytes]:
        """Start it; it is ready at `url` some seconds later, and logs to `superset.log`."""
        with (self.folder / "superset.log").open("ab") as log:
            line = [str(self.programs / "superset"), "run", "--host", "127.0.0.1", "--port", str(self.port)]
            return subprocess.Popen(
                [*line, "--with-threads"], env=self.environment, cwd=self.folder, stdout=log, stderr=log
            )

    def run(self, *arguments: str) -> None:
        """Run one of Superset's commands. Raises subprocess.CalledProcessError, its output then in `superset.log`."""
        with (self.folder / "superset.log").open("ab") as log:
            subprocess.run(
                [str(self.programs / "superset"), *arguments],
                env=self.environment,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                check=True,
            )


def main(folder: Path) -> int:
    """Prepare, import and start, saying each step; it ends when Superset does."""
    superset = Superset(folder / "venv" / "bin", folder / "home")
    log = superset.folder / "superset.log"
    try:
        print("Preparing Superset: a minute or two the first time ...", flush=True)
        superset.prepare()
        superset.take((folder / "outcomes.zip").absolute())
    except subprocess.CalledProcessError as error:
        print(f"superset {error.cmd[1]} failed. To fix: read {log}", file=sys.stderr)
        return 1
    print(f"{superset.url}/dashboard/list/   user {ADMIN}, password {superset.password}   (Ctrl-C ends it)", flush=True)
    with superset.start() as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.kill()  # it ignores SIGTERM, and has nothing to lose
            return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).absolute()))
