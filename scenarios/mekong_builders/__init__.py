"""What the Mekong workbook is made of: places, hospitals, specialties, today's services, contracts, promises."""
