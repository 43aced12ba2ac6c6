"""Whoever wants what they may not have, through the front door; none of it runs."""
