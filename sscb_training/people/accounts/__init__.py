"""A person's own account: asking for one, signing in, a forgotten password, changing address or password.

An *asked-for account* is a one-time link whose answers wait until its reader shows that the address is theirs;
nobody is a person before that. An *attempt* is a try at a password, an account or a letter; too many are refused.
What these pages answer never tells whether an address has an account.
"""
