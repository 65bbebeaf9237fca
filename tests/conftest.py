"""What holds for every test."""

import gc
import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings

# A machine that does something else as well is no defect: what has to be fast has a test of its own.
_PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("suite", max_examples=50, **_PATIENT)
# A gate that is red says something of the change; new cases are looked for at the developer's desk.
settings.register_profile("gate", settings.get_profile("suite"), derandomize=True)
# Costly laws take a part of the number, and laws of many cases a multiple.
settings.register_profile("long", max_examples=2_000, **_PATIENT)
settings.load_profile("gate" if os.environ.get("CI") else "suite")

# What a test run keeps, it keeps for itself.
os.environ["XDG_CACHE_HOME"] = str(Path(tempfile.gettempdir()).resolve() / f"immichlint-tests-{os.getuid()}")

# As the program does: what is made lives as long as a test, and looking for garbage all the time finds none.
gc.set_threshold(50_000)
