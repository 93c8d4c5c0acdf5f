"""The back door: brings offers and status to agencies."""
