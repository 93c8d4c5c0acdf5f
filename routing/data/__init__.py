"""What a table consists of: its files read, its records made, its calendars, and the loaded table itself."""
