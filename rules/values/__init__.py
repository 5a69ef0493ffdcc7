"""Values that rules take and give: money, months, law, moves, records.

All that workflow code may import of `rules`.
"""
