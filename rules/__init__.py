"""The law: pure functions on frozen values. No input or output, no clock, no engine, no store."""
