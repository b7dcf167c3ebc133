"""What the page does when a visitor acts; free of the web framework."""
