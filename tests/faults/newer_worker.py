"""`worker.py` one release ahead: an order and an answer have one more optional field."""

import models.messages.steps


class RemittanceOrder(models.messages.steps.RemittanceOrder):
    """Platforms of this release write it, bureaus of this release read it."""

    remark: str | None = None


class ReviewAnswer(models.messages.steps.ReviewAnswer):
    """Bureaus of this release write it, platforms of this release read it."""

    remark: str | None = None


# Before anything else is imported: to every other module these are the papers of that name.
models.messages.steps.RemittanceOrder = RemittanceOrder  # type: ignore[misc]
models.messages.steps.ReviewAnswer = ReviewAnswer  # type: ignore[misc]

if __name__ == "__main__":
    from functools import partial

    import typer

    import worker
    from engine.leaving import run_and_leave

    run_and_leave(partial(typer.run, worker.main))
