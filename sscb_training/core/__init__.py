"""What every feature stands on: the database, transactions, time, access, letters, history, pages and errors.

A *moment* is an instant (UTC when stored, Europe/London when shown). A *refusal* is a rule saying no to a
person. A *letter* is an email waiting in the outbox. An *entry* is one line of the history.
"""
