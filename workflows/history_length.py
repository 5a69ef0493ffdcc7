"""How long the history of a case's run is, as far as the case may decide by it."""

from temporalio import workflow


class HistoryLength:
    """As the engine told when something last came from outside: a message, or what a bureau has done.

    The answer of a local activity may come one workflow task later than at its replay (SDK 1.35, when a query
    comes with the task that records it). What is decided by the length then is not decided again at replay.
    """

    def __init__(self) -> None:
        self.events = 0
        self.further_run_suggested = False

    def look(self) -> None:
        """For whoever has just taken in what came from outside."""
        info = workflow.info()
        self.events = info.get_current_history_length()
        self.further_run_suggested = info.is_continue_as_new_suggested()
