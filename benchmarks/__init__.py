"""How fast the service is beside what a user would pick instead. `make bench` runs all and prints a table."""
