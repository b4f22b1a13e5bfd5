"""The application around the engine: it reads charts, serves pages and runs the command line."""
