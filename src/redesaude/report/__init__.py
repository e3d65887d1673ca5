"""What people get: the output folder with the workbooks, the tables and the manifest (:mod:`.folder`)."""
