"""What dedup gets right on texts whose truth is known, and the floors that it must not fall under."""
