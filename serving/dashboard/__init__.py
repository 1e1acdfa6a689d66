"""The executive page: charts declared one file each, their data looked up in a published version, one HTML file."""
