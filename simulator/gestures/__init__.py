"""A person at the keyboard: every act becomes a real envelope over the real WebSocket."""
