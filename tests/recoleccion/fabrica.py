"""Registros y lotes como los hace un teléfono."""

import json
import random
from datetime import datetime

from recoleccion import reglas
from recoleccion.consultas import recepcion
from recoleccion.instalacion import ZONA_HORARIA
from recoleccion.sellado import INFO_REGISTRO, Sello, b64

HORA = datetime(2026, 11, 25, 17, 5, tzinfo=ZONA_HORARIA)


EVENTO = {
    "titulo": "Crianza sin golpes",
    "tipo": "taller",
    "tema": "violencia",
    "fecha": "2026-11-25",
    "hora_inicio": "17:00",
    "hora_fin": "19:00",
    "sede": "Casa de la Cultura",
    "localidad": "cabecera",
    "zona": "cabecera",
    "programa": "prevencion",
    "lineas": ["M4", "A8"],
    "encuestas": ["antes", "despues", "satisfaccion"],
}


class Fabrica:
    """Hace registros de un evento y los manda a una base."""

    def __init__(self, sello: Sello, evento_id: str, semilla: int = 5) -> None:
        self.sello, self.evento_id, self.azar = sello, evento_id, random.Random(semilla)

    def registro(self, tipo: str, datos: dict, **cambios) -> dict:
        return {
            "v": 1,
            "id": reglas.nuevo_id(self.azar),
            "tipo": tipo,
            "evento": self.evento_id,
            "hora": None if tipo == "contestacion" else HORA.isoformat(),
            "sesgo_ms": None if tipo == "contestacion" else 0,
            "datos": datos,
        } | cambios

    def asistencia(self, **cambios) -> dict:
        datos = {
            "modo": "promotora",
            "sexo": "M",
            "edad": "30-44",
            "procedencia": "cabecera",
            "aviso": 1,
            "nombre": None,
            "telefono": None,
            "credencial": None,
        }
        return self._con(datos, "asistencia", cambios)

    def conteo(self, **cambios) -> dict:
        return self._con({"sexo": "H", "edad": "18-29", "personas": 1, "aviso": 1}, "conteo", cambios)

    def anulacion(self, registro_id: str, **cambios) -> dict:
        return self._con({"registro": registro_id}, "anulacion", cambios)

    def contestacion(
        self, instrumento: str = "satisfaccion", ficha: str | None = None, version: int = 1, **respuestas
    ) -> dict:
        listas = {clave: [valor] if isinstance(valor, str) else valor for clave, valor in respuestas.items()}
        return self.registro(
            "contestacion", {"instrumento": instrumento, "version": version, "ficha": ficha, "respuestas": listas}
        )

    def _con(self, datos: dict, tipo: str, cambios: dict) -> dict:
        afuera = {c: cambios.pop(c) for c in ("id", "evento", "hora", "sesgo_ms", "v") if c in cambios}
        return self.registro(tipo, datos | cambios, **afuera)

    def sellar(self, registro: dict) -> dict:
        sobre = self.sello.sellar(json.dumps(registro, ensure_ascii=False).encode(), INFO_REGISTRO)
        return {"id": registro["id"], "sobre": b64(sobre)}

    def lote(self, *sellados, **cambios) -> bytes:
        return json.dumps(
            {
                "version": 1,
                "epoca": None,
                "enviado_en": HORA.isoformat(),
                "pendientes": len(sellados),
                "app": "0.1.0",
                "registros": list(sellados),
            }
            | cambios
        ).encode()

    def recibir(self, base, *sellados, dispositivo_id: str | None = None, ahora: datetime = HORA) -> list[dict]:
        """Manda un lote de sobres y devuelve sus acuses."""
        cuerpo = self.lote(*sellados)
        return recepcion.recibir_lote(base, cuerpo, dispositivo_id=dispositivo_id, sello=self.sello, ahora=ahora)[
            "acuses"
        ]

    def mandar(self, base, *registros, **opciones) -> list[str]:
        """Sella, manda y devuelve los estados."""
        return [acuse["estado"] for acuse in self.recibir(base, *map(self.sellar, registros), **opciones)]


def contar(base, tabla: str, donde: str = "1") -> int:
    return base.execute(f"SELECT count(*) FROM {tabla} WHERE {donde}").fetchone()[0]
