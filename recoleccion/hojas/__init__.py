"""Las hojas de cálculo que salen de la oficina."""
