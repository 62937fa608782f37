"""El directorio y el papel de la demostración: convenios, cuándo se marcó cada teléfono, leyenda y pie."""

from datetime import datetime, timedelta

from sqlite_utils import Database

from ..consultas import ajustes, directorio
from .series import INSTITUCIONES

_CONVENIOS = (
    {"convenio": "Convenio de canalización", "dias": 200, "domicilio": "Morelos 1, Centro (inventado)"},
    {"convenio": "Carta de colaboración", "dias": -20, "domicilio": "Hidalgo 22, Centro (inventado)"},
)
_SE_MARCO = (300, 210, 120, 35)
"""Hace cuántos días; la última institución y las dos últimas líneas de ayuda quedan sin verificar."""
_PAPEL = {
    "leyenda": "Leyenda de ejemplo: este programa es público, ajeno a cualquier partido político.",
    "pie": "Palacio Municipal, Centro · 378 000 0000 (domicilio y teléfono inventados)",
}


def llenar(db: Database, ahora: datetime, quien: str) -> None:
    """Va después de las series, que traen las instituciones."""
    for campo, texto in _PAPEL.items():
        ajustes.guardar(db, campo, texto)
    lineas = directorio.listar(db)
    propias = [linea for linea in lineas if linea["nombre"] in dict(INSTITUCIONES)]
    for linea, como in zip(propias, _CONVENIOS, strict=False):
        vence = (ahora + timedelta(days=como["dias"])).date().isoformat()
        linea |= {"convenio": como["convenio"], "domicilio": como["domicilio"], "convenio_hasta": vence}
    ayuda = [linea for linea in lineas if linea["en_ayuda"]]
    for linea in [*propias[:-1], *ayuda[:3], *(uno for uno in ayuda if uno["propia"])]:
        for dias in _SE_MARCO:
            marcada = linea | {"verificado_el": (ahora - timedelta(days=dias)).date().isoformat()}
            directorio.guardar(db, marcada, quien=quien)
