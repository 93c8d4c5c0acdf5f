"""A bridge for one agency whose own work happens in Open Klant (VNG Klantinteracties). Off unless configured."""
