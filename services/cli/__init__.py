"""`gvd`: the one way in from a terminal."""
