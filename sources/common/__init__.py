"""What every room may import: files that change in one step, and text in SQL. Imports no room."""
