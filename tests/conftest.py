"""What holds for all tests."""

from hypothesis import settings

# A shared machine is slow at times, and a slow example is no failure.
settings.register_profile("arena", deadline=None)
settings.load_profile("arena")
