"""El cartel que se pega en la entrada: título como lo puso la titular, cuándo, dónde y el QR grande.

No imprime el tema: el cartel cuelga a la vista de todos. Carta, blanco y negro.
"""

from collections.abc import Mapping
from typing import Any

from reportlab.lib.units import mm

from recoleccion.fechas import fecha_larga, horario

from . import hoja, qr
from .aviso import FOTOS

LADO_QR = 122 * mm
AVISO = (
    "Puede registrarse sin dar su nombre. El aviso de privacidad se lee ahí mismo, antes de empezar. "
    "Si no trae teléfono, pida ayuda en la entrada."
)


def cartel_pdf(evento: Mapping[str, Any], host: str, oficina: str, *, pie: str = "") -> bytes:
    """Una hoja carta lista para imprimir.

    :param evento: con ``titulo``, ``fecha`` (ISO), ``hora_inicio``, ``hora_fin`` (HH:MM), ``sede`` y ``clave``; si trae
        ``avisa_fotos``, dice que las habrá.
    :param pie: el renglón de la oficina, hasta abajo y chico.
    :param host: el nombre público del sitio (ver :func:`recoleccion.impresos.qr.direccion`).
    """
    clave, ancho = evento["clave"], hoja.ANCHO - 2 * hoja.MARGEN
    sitio = qr.sin_esquema(host)
    lienzo, salida = hoja.nuevo_lienzo(f"Cartel {clave}")

    y = hoja.ALTO - hoja.MARGEN
    tamano, lineas = hoja.ajustar(oficina, hoja.NORMAL, ancho, 14, 10, 1)
    y = hoja.centrar(lienzo, lineas, hoja.NORMAL, tamano, y) - 7 * mm
    tamano, lineas = hoja.ajustar(evento["titulo"], hoja.NEGRITA, ancho, 38, 22, 3)
    y = hoja.centrar(lienzo, lineas, hoja.NEGRITA, tamano, y, 1.15) - 6 * mm
    dia = fecha_larga(evento["fecha"], con_ejercicio=True)
    y = hoja.centrar(lienzo, [dia[0].upper() + dia[1:]], hoja.NEGRITA, 20, y)
    horas = horario(evento["hora_inicio"], evento["hora_fin"])
    y = hoja.centrar(lienzo, [horas[0].upper() + horas[1:]], hoja.NORMAL, 18, y)
    tamano, lineas = hoja.ajustar(evento["sede"], hoja.NORMAL, ancho, 18, 12, 2)
    y = hoja.centrar(lienzo, lineas, hoja.NORMAL, tamano, y)

    # De abajo hacia arriba: el pie, el aviso y la dirección tienen su lugar; el QR se centra en lo que queda.
    hoja.pie(lienzo, f"Cartel {clave}", 1, 1)
    hoja.renglon_de_la_oficina(lienzo, pie)
    texto = f"{AVISO} {FOTOS}" if evento.get("avisa_fotos") else AVISO
    tamano, lineas = hoja.ajustar(texto, hoja.NORMAL, ancho, 11, 9, 3)
    hoja.centrar(lienzo, lineas, hoja.NORMAL, tamano, hoja.MARGEN + 22 * mm)
    tamano, lineas = hoja.ajustar(f"¿Sin cámara? Escriba {clave} en {sitio}", hoja.NEGRITA, ancho, 18, 11, 1)
    hoja.centrar(lienzo, lineas, hoja.NEGRITA, tamano, hoja.MARGEN + 30 * mm)
    hoja.centrar(lienzo, [" ".join(clave)], hoja.FIJA, 38, hoja.MARGEN + 46 * mm)
    suelo = hoja.MARGEN + 47 * mm

    hueco = y - suelo
    lado = min(LADO_QR, hueco - 11 * mm)
    base = suelo + (hueco - 11 * mm - lado) / 3
    qr.dibujar(lienzo, qr.matriz(qr.direccion(host, clave)), (hoja.ANCHO - lado) / 2, base, lado)
    hoja.centrar(lienzo, ["Regístrese aquí con su teléfono"], hoja.NEGRITA, 18, base + lado + 7 * mm)

    lienzo.showPage()
    lienzo.save()
    return salida.getvalue()
