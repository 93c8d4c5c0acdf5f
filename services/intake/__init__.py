"""The front door: takes questions and replies from agencies, checks them, answers."""
