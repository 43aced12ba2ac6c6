"""What an engine elsewhere costs: how it is asked, how long that takes, and when people see it."""
