"""What holds for every test."""

from hypothesis import settings

# A machine that does something else as well is no defect: what has to be fast has a test of its own.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")
