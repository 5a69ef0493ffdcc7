"""The publication of a yearly interest rate, and the settlement of forms that had to borrow one."""
