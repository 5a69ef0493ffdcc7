"""Other engines with the same steps and stores, with which `make bench` compares a case."""
