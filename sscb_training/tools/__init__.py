"""The licensed tool of a scheme: its resources, its champions in the agencies, and the agencies' agreements.

Accreditation opens it and nothing else does: whoever is *in force* today may have the *resources* (files and links,
each in its *present version*) and see the *champions* (colleagues whom their agency names for others to ask). What ends
the accreditation closes both at the very next request. An *agreement* is what an agency signed before its people use
the tool; whether resources wait for it is the board's setting.
"""
