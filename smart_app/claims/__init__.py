"""Claims as they were billed, read from the forms in which they come."""
