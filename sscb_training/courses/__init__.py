"""Courses and their dates: what the board trains people in, when, where and by whom.

A *course* is described once and repeated; a *course version* is its dated content, and needs and actions point
at versions. A *training session* is one dated run with places (never plain "session"); its *parts* are the
sittings. A *trainer* is a person lent to the training pool. *Levels* belong to one of several schemes that
live side by side. This feature holds the data and its staff pages; the public pages are the `catalogue`.

It is made of smaller features, in this order: `settings`, `described`, `schemes`, `venues`, `pool`, `clashes`, `dates`,
`copies`. They share the
tables, the lists of training sessions and one blueprint: to its users it is one place.
"""
