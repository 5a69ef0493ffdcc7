"""What the province and each bureau do when the yearly interest rate is published."""
