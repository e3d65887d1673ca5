"""Planning instruments of the Sistema Único de Saúde, in Portuguese whatever the language of the report."""
