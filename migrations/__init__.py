"""The schema's history: each release expands, a later one contracts."""
