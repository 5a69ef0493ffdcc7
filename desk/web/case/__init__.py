"""One case in a browser: where it stands, its papers, and every action of staff."""
