"""What learns the shipped parameters."""
