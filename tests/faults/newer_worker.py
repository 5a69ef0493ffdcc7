"""`worker.py` of a later release: an order and an answer have one more optional field."""

import models.messages.steps


class RemittanceOrder(models.messages.steps.RemittanceOrder):
    """Platforms of this release write it, bureaus of this release read it."""

    remark: str | None = None


class ReviewAnswer(models.messages.steps.ReviewAnswer):
    """Bureaus of this release write it, platforms of this release read it."""

    remark: str | None = None


# Replaced before anything else is imported, so that every other module uses these classes.
models.messages.steps.RemittanceOrder = RemittanceOrder  # type: ignore[misc]
models.messages.steps.ReviewAnswer = ReviewAnswer  # type: ignore[misc]

if __name__ == "__main__":
    from functools import partial

    import typer

    import worker
    from engine.leaving import run_and_leave

    run_and_leave(partial(typer.run, worker.main))
