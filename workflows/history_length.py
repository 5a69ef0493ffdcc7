"""The length of the history of a case's run, as far as the case may decide by it."""

from temporalio import workflow


class HistoryLength:
    """The length by the engine when something last came from outside: a message or a bureau's answer.

    The answer of a local activity may come one workflow task later than at its replay (SDK 1.35, when a query
    comes with the task that records it). A decision by the length at that moment could differ at replay.
    """

    def __init__(self) -> None:
        self.events = 0
        self.further_run_suggested = False

    def look(self) -> None:
        """Note the length; called when something has come from outside."""
        info = workflow.info()
        self.events = info.get_current_history_length()
        self.further_run_suggested = info.is_continue_as_new_suggested()
