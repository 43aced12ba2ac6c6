"""The small chat client that the local workspace serves to a browser."""

from simulator.page.routes import add_page

__all__ = ["add_page"]
