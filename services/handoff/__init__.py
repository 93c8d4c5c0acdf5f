"""Owns the life of every hand-off and its clocks."""
