"""A whole month played on files: the real service, a folder for a mailbox, and staff who answer."""
