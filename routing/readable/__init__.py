"""The table for people to read: in Dutch words, as one page, as counts, and for the Algoritmeregister."""
