"""Checks the invariants on a running installation. The only part that reads the tables of all services; writes none.

It imports no other service: it has its own opinion of what should be true, so that a mistake in one of them
cannot hide itself here.
"""
