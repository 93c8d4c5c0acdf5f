"""A table as a version: loaded and refused as a whole, packed to travel, compared and tried out beside another."""
