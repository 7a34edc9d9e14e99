"""The roadmap to 2030 for administrators, and the list of what waits for whom.

`gather` takes every figure from the estate, the plan of the waves, the price file and the state; `page` shows them in
plain Dutch or English; `charts` draws; `pdf` prints with the Chromium that is installed.
"""
