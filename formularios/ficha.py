"""Fichas: la tarjeta de papel que une lo contestado antes y después sin decir quién contestó.

Una ficha es palabra y número de dos cifras, ``LUNA-37``; su código QR dice ``F1LUNA-37``. Las palabras son
cortas, neutras, sin acentos ni eñe, y difieren entre sí en dos letras o más: un error de una letra no cae en
la ficha de otra persona.
"""

import random
import re
import unicodedata

PREFIJO_QR = "F1"
_LISTA = """
ABEJA AGAVE AGUA AGUILA ARDILLA ARENA ARROZ AZUCAR BARCO BOTON CACAO CAFE CAMINO CAMISA CAMPANA CANASTA CANELA
CARRETA CEBOLLA CEBRA CERRO CIRUELA CLAVEL COBRE COCO COMETA CONEJO CUCHARA DELFIN FAROL FLAUTA FLOR FRESA FRIJOL
GATO GIRASOL GLOBO GRILLO HIERRO HILO HOJA HORMIGA JARDIN JARRA JIRAFA LAGO LAPIZ LECHE LEON LIBRO LIMON LIRIO LLAVE
LLUVIA LUNA MAGUEY MAIZ MANGO MELON MENTA MESA MIEL MONO NARANJA NIEVE NOPAL NUBE OLIVO OLLA OVEJA PALOMA PAPAYA
PAPEL PELOTA PEPINO PERA PEREJIL PIEDRA PINO PLATO PLAZA PUENTE PUERTA QUESO RANA RELOJ ROBLE ROMERO ROSA SANDIA
SILLA TAMBOR TAZA TIERRA TIGRE TOMATE TOMILLO TORRE TORTUGA TREN TRIGO TROMPO VALLE VASO VENADO VENTANA VIENTO
VIOLIN ZAFIRO ZAPATO
"""
PALABRAS = tuple(_LISTA.split())

_CONOCIDAS = frozenset(PALABRAS)
_FORMA = re.compile(r"(?:F1)?([A-Z]{3,8})([1-9][0-9])")
_RUIDO = re.compile(r"[\s\-_.·‐‑‒–—−]+")


def nueva_ficha(azar: random.Random) -> str:
    """Una ficha al azar, como ``LUNA-37``. Dos llamadas pueden dar la misma: quien imprime evita repetir."""
    return f"{azar.choice(PALABRAS)}-{azar.randint(10, 99)}"


def normalizar_ficha(texto: str) -> str | None:
    """La ficha como se imprime, o ``None`` si no es una.

    Admite minúsculas, acentos, espacios, guiones de otro tipo o ninguno, y el prefijo del código QR.
    """
    sin_acentos = "".join(c for c in unicodedata.normalize("NFKD", texto[:60]) if not unicodedata.combining(c))
    partes = _FORMA.fullmatch(_RUIDO.sub("", sin_acentos.upper()))
    if partes is None or partes[1] not in _CONOCIDAS:
        return None
    return f"{partes[1]}-{partes[2]}"
