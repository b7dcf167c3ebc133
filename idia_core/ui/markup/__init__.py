"""What the page shows, as markup."""
