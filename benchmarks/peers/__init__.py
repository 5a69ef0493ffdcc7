"""Other engines with the same steps and the same stores, for `make bench` to hold a case against."""
