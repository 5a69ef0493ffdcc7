"""What a month has come to at a bureau, as counts that can be added up over bureaus."""
