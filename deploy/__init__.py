"""How the house is run: topics, image, and the same real broker and database on a laptop."""
