"""Other programs share the machine: the time one example takes says nothing."""

from hypothesis import settings

settings.register_profile("contract", deadline=None)
settings.load_profile("contract")
