"""The limits of what can be handed in: the same at a desk, by update, by signal and in a file.

A case keeps what it takes in until it is closed, and passes it all to its next run when its history has grown
long; what one payload may hold is set by the engine (2 MB).
"""

FILE_BYTES = 8 * 1024 * 1024
"""A file that somebody hands in. A history of a whole working life is under 100 KB."""
REQUEST_BYTES = 256 * 1024
"""A request as it travels."""
CASE_BYTES = 640 * 1024
"""All requests that a case has taken in, together."""
KEPT_FOR_THE_END = CASE_BYTES // 4
"""The part of it reserved for requests that lead a case to its end."""
TEXT = 1000
"""Characters of a text: a reason, a statement, terms, one piece of evidence."""
EVIDENCE = 20
"""Pieces of evidence for one position."""
ITEMS = 60
"""Fields of one request for correction, or of one answer to it."""
PAPERS = 20
"""Papers handed in at once."""
ORDERS = 20
"""Orders of one ruling."""
WORKING_DAYS = 1000
"""Working days of a period: four years."""
PERIODS = 60
"""Periods that a choice decides."""
VALUE = 60
"""Characters of the value of a field."""
FIELD = 40
"""Characters of the name of a field."""
NUMBER = 100
"""Characters of the number of a paper."""
WHOLE_NUMBER = 2**63
"""An amount or a number of days must be below it to fit into a database."""
MESSAGES_WAITING = 100
"""Signals that wait for the one before them; further ones are refused unread."""
REFUSALS = 50
"""Different lines of a journal about refused messages; further kinds share one line."""
