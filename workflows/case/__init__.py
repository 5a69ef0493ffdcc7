"""The parts of one transfer case; `workflows.transfer_case` puts them together."""
