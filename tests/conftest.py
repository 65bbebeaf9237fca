"""What holds for every test."""

import os
import tempfile
from pathlib import Path

from hypothesis import settings

# A machine that does something else as well is no defect: what has to be fast has a test of its own.
settings.register_profile("suite", deadline=None)
# A gate that is red says something of the change; new cases are looked for at the developer's desk.
settings.register_profile("gate", deadline=None, derandomize=True)
settings.load_profile("gate" if os.environ.get("CI") else "suite")

# What a test run keeps, it keeps for itself.
os.environ["XDG_CACHE_HOME"] = str(Path(tempfile.gettempdir()).resolve() / f"immichlint-tests-{os.getuid()}")
