"""What the service knows and decides. Standard library only: no clock, no files, no logging."""
