"""The JSON documents of the commands and of exports as types, and their JSON schemas."""
