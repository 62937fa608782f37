"""HTTP y nada más: leer, llamar, contestar."""
