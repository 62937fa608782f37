"""La demostración: un año inventado de una oficina, con semilla, escrito por las mismas consultas que usa lo real."""
