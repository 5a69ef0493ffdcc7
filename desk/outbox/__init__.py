"""What has been sent outside, what waits, and what could not be delivered."""
