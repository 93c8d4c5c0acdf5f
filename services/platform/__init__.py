"""What every service shares, written once. Knows no domain word."""
