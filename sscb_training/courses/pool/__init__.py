"""The training pool: people whom agencies lend to train others.

Joining the pool gives the role of trainer, leaving it takes the role away; somebody who comes back is who they were.
"""
