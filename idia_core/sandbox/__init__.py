"""The sandbox: invented people, their portraits, and a small CLIP whose training set is known."""
