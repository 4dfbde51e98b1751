"""The JSON API and the server-rendered pages."""
