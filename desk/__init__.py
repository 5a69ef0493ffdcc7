"""The clerk's desk: commands, screens, and the files people hand in."""
