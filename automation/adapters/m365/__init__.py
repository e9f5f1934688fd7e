"""Microsoft 365: the mailbox and the spreadsheet on Microsoft Graph, by the O365 library.

O365 signs in, holds the session and makes the calls. Its message, folder and file objects are not used:
they stop listings at 25, lose headers, and swallow errors. Our own JSON is read and written instead.
"""
