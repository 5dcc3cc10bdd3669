"""Registers: who came to which part; what follows when the register is closed.

A *register* belongs to a training session. A *mark* is made for each delegate and part. Trainers save as often
as they like; *closing* gives every booking its outcome and everybody who earned it an accreditation.
*Re-opening* is recorded, and closing again corrects both.
"""
