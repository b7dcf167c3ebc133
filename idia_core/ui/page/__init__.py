"""The page as components of the web framework, and which action answers which event."""
