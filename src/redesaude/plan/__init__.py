"""The frozen result and its independent audit."""
