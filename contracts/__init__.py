"""What crosses a border: events, replies, decisions and errors. Imports nothing of ours."""
