"""Everything that may be wrong with a table. `validate.py` is where to start."""
