"""A month at a bureau, as counts that can be added up over bureaus."""
