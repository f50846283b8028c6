"""What people and tools read: tables for the terminal, records for programs."""
