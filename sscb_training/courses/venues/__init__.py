"""Where the board trains: rooms, how many people they hold, and what a wheelchair user should expect.

A *closed* venue is offered for no more dates; dates held there still name it.
"""
