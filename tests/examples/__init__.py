"""The example jobs, run for real."""
