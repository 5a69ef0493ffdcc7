"""What has left the house, what waits, and what could not be delivered."""
