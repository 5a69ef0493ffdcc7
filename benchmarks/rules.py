"""`make bench-rules`: the speed of the rules, in calculations and due dates per second."""

from benchmarks import calculations, due_dates


def main() -> None:
    """Run both benchmarks one after the other, in one process on one core."""
    calculations.run()
    due_dates.run()


if __name__ == "__main__":
    main()
