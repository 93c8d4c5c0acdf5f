"""Suggest: the best topics for what somebody says, in their own words. A proposal, never a decision."""

from routing.suggest.suggestions import Danger, Suggestion, hear_danger, prepare, suggest

__all__ = ["Danger", "Suggestion", "hear_danger", "prepare", "suggest"]
