"""The board's figures: how every need is covered and how training dates were used. Every rate names its denominator."""
