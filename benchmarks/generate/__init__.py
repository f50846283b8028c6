"""News-like texts of any number, made by rule, with what was derived from what on the side."""
