"""Pictures of a report as shapes, put into SVG here and into other forms by those who print them."""
