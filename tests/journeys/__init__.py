"""Whole walks through the front door: the real bot, the local workspace, real jobs."""
