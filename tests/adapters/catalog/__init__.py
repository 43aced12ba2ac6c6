"""Tests of the catalogue: reading, mistakes, reload, choices."""
