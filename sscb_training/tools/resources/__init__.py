"""The files and links of a tool, by version; each opens for whoever may use the tool today and for nobody else.

A file's address is asked anew each time it is opened: nothing is signed, nothing is kept by a browser, and no address
is worth more than its reader's accreditation at that moment.
"""
