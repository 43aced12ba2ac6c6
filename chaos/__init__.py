"""Chaos: whole replicas under load while everything around them fails, and what must hold then."""
