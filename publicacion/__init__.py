"""De la base privada, abierta sólo para leer, a un archivo público que no descubre a nadie."""
