"""Lo que se imprime: carteles, credenciales, fichas y listas. No conoce Flask ni SQL. Ver README.md."""
