"""The acceptance cases, played by made-up agencies against a real installation."""
