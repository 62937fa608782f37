"""Las fotos de la demostración: dibujos de un salón con sillas. No sale nadie, ni hay de quién."""

from datetime import datetime, timedelta
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw
from sqlite_utils import Database

from ..consultas import eventos, evidencias
from ..instalacion import Instalacion

QUIEN = "titular"
CON_FOTOS = 5
"""Los últimos eventos cerrados que las llevan; el último, además, la de su lista."""
ANCHO, ALTO = 1280, 960
_PAREDES = ("#e8dcc8", "#d7e3e4", "#e3e0d2", "#dbe5d6")


def llenar(db: Database, instalacion: Instalacion, ahora: datetime, azar: Random) -> None:
    """Dos fotos por evento, de los últimos :data:`CON_FOTOS` que ya se cerraron; en todos consta que se avisó."""
    cerrados = [evento for evento in eventos.listar(db) if evento["estado"] == "cerrado"][-CON_FOTOS:]
    for evento in cerrados:
        eventos.actualizar(db, evento["id"], {"avisa_fotos": True})
        for pie in ("El salón antes de empezar", "Las sillas en círculo"):
            _guardar(db, instalacion, evento["id"], "foto", pie, _salon(azar), ahora, azar)
    if cerrados:
        _guardar(db, instalacion, cerrados[-1]["id"], "hoja", "La lista firmada", _lista(azar), ahora, azar)


def _guardar(
    db: Database, lugar: Instalacion, evento_id: str, clase: str, pie: str, imagen: Image.Image, ahora: datetime,
    azar: Random,
) -> None:  # fmt: skip
    salida = BytesIO()
    imagen.save(salida, "JPEG", quality=80)
    evidencias.guardar(
        db,
        lugar.evidencias,
        salida.getvalue(),
        evento_id=evento_id,
        clase=clase,
        pie=pie,
        ancho=imagen.width,
        alto=imagen.height,
        ahora=ahora - timedelta(hours=2),
        quien=QUIEN,
        azar=azar,
    )


def _salon(azar: Random) -> Image.Image:
    imagen = Image.new("RGB", (ANCHO, ALTO), azar.choice(_PAREDES))
    pluma = ImageDraw.Draw(imagen)
    pluma.rectangle((0, 620, ANCHO, ALTO), fill="#b08d6a")
    pluma.rectangle((380, 120, 900, 430), fill="#f7f7f4", outline="#77706a", width=8)
    for renglon in range(4):
        pluma.line((430, 190 + renglon * 60, 650 + azar.randrange(190), 190 + renglon * 60), fill="#49606b", width=10)
    for fila in range(3):
        for lugar in range(6):
            x, y = 120 + lugar * 190 + azar.randrange(-14, 14), 560 + fila * 120
            color = azar.choice(("#355d68", "#7a5236", "#4d4a52"))
            pluma.rectangle((x, y, x + 90, y + 70), fill=color)
            pluma.line((x + 8, y + 70, x + 8, y + 120), fill="#2b2b2b", width=8)
            pluma.line((x + 82, y + 70, x + 82, y + 120), fill="#2b2b2b", width=8)
    return imagen


def _lista(azar: Random) -> Image.Image:
    """Una hoja con renglones y rayas en lugar de firmas."""
    imagen = Image.new("RGB", (ALTO, ANCHO), "#f4f1ea")
    pluma = ImageDraw.Draw(imagen)
    pluma.line((90, 120, 620, 120), fill="#333", width=12)
    for renglon in range(22):
        y = 200 + renglon * 46
        pluma.line((60, y, ALTO - 60, y), fill="#8b8b8b", width=2)
        if renglon < 17:
            pluma.line((80, y + 28, 300 + azar.randrange(160), y + 28), fill="#3b4f80", width=5)
            puntos = [(680 + n * 24, y + 26 + azar.randrange(-12, 12)) for n in range(8)]
            pluma.line(puntos, fill="#22305c", width=4)
    return imagen
