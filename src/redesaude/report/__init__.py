"""What people get: the output folder with the decision workbook, the tables and the manifest (:mod:`.folder`)."""
