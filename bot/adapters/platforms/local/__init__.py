"""The embedded job platform: every run under a small supervisor process of its own.

`platform` is the bot's side. `supervisor` is a program of its own: it and what it imports know
the standard library only, so that it starts fast and stays small.
"""
