"""Paths that every room's tests share; makes the repository's root importable, however pytest is started."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
