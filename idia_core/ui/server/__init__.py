"""The web server around the page: its folder, its guard, its memory."""
