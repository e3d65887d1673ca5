"""What is written of a review: the workbook of actuals, the review and the next plan."""
