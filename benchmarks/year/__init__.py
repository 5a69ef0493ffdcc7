"""A calendar year of the province, simulated day by day with the shares in `shares.toml`."""
