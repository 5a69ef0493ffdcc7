"""What the province looks after: overdue cases, disputes and rulings, the calendar, officers, money."""
