"""A calendar year of the province, simulated day by day; `shares.toml` says of what it is made."""
