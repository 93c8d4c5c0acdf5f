"""Deciding: from the facts of one question to who holds it, and why. `decide.py` is where to start."""
