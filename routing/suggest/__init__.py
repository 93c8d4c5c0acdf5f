"""Suggest: the best topics for what somebody says, in their own words. A proposal, never a decision."""

from routing.suggest.suggestions import Suggestion, prepare, suggest

__all__ = ["Suggestion", "prepare", "suggest"]
