"""Applies the routing table to a question and says where it goes."""
