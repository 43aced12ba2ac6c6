"""Platforms under one contract, and what is particular to the local one."""
