"""What this SDK raises."""
