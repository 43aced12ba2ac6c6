"""How well plain language is understood: a sample against the ladder, as one table."""
