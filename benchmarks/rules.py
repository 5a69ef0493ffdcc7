"""`make bench-rules`: how fast the law is, in calculations and due dates a second."""

from benchmarks import calculations, due_dates


def main() -> None:
    """Run both, one after the other, in one process on one core."""
    calculations.run()
    due_dates.run()


if __name__ == "__main__":
    main()
