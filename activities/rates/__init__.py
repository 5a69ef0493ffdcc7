"""Steps of the province and of each bureau when the yearly interest rate is published."""
