"""How a case has its bureaus vouch for what their officers hand in."""
