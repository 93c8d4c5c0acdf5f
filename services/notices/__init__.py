"""Tells the person what happens to their question (Awb 2:3), and agencies once a day what they hold."""
