"""The verbs of a pass. Each gathers, decides, does and records."""
