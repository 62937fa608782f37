"""El contrato entre teléfono y servidor: prosa, una función pura y vectores."""
