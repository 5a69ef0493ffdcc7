"""Reading a case from a bureau's store and checking it for the audit."""
