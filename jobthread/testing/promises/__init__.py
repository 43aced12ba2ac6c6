"""Every promise of the port, by topic; each is asked of each platform."""
