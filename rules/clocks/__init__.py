"""The clocks of a case: due dates after corrections, alarms, and to whom each day is charged."""
