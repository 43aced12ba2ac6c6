"""Jobthread: operations jobs run from Slack threads."""
