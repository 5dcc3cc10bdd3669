"""The board's figures: how every need is covered and how training dates were used. Every rate names its denominator.

*coverage* is the front page; *use* is what became of the places of dates that are over, by course, date, agency,
sector and month.
"""
