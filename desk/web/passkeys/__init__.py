"""Passkeys of enrolled officers: made here, asked for at sign-in, and by each of them every action sealed."""
