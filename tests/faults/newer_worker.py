"""`worker.py` one release ahead: an order and an answer have one more optional field."""

import models.messages.steps


class LetterOrder(models.messages.steps.LetterOrder):
    """Platforms of this release write it, bureaus of this release read it."""

    remark: str | None = None


class Review(models.messages.steps.Review):
    """Bureaus of this release write it, platforms of this release read it."""

    remark: str | None = None


# Before anything else is imported: to every other module these are the papers of that name.
models.messages.steps.LetterOrder = LetterOrder  # type: ignore[misc]
models.messages.steps.Review = Review  # type: ignore[misc]

if __name__ == "__main__":
    from functools import partial

    import typer

    import worker
    from engine.leaving import run_and_leave

    run_and_leave(partial(typer.run, worker.main))
