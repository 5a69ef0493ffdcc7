"""The papers and the books: official forms and messages; tables, store and ledger."""
