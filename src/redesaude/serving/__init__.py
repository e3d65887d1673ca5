"""The local page: check, run, ask and read without a terminal.

What is worked out is worked out by the rest of the package, in a process of its own for each piece of work
(:mod:`.child`); here are only the queue of these (:mod:`.jobs`), who may come in (:mod:`.safety`), and pages.
"""
