"""A bureau's SQL store: tables, ledger, contribution records, hash chain, migrations."""
