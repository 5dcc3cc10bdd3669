"""What a page costs: CPU milliseconds and queries a request, beside a bare page that does the same.

`python -m benchmarks` builds databases of demonstration data in a temporary folder, opens the pages in process
and prints a table; with `--write` it goes into docs/performance.md too. CPU time is that of the Python process.
It depends on the machine and on who else uses it, so each page is measured in turns with its *bare* counterpart
(Flask, SQLAlchemy and a template without a layout, for the same rows): only the ratio travels.
"""
