"""The executive page: one HTML file, its charts declared in one file each, their data read from a published version."""
