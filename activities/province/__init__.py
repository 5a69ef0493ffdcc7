"""Activities of the provincial platform: clocks, calendar, rulings."""
