"""Lo que le pasó al programa anual de la demostración: una meta que se movió y los trimestres que ya se cerraron."""

from datetime import date, datetime, time, timedelta

from sqlite_utils import Database

from ..consultas import poa, trimestres

_MOVIDA = {"linea": "M5", "metas": {"t2": 340.0, "t3": 260.0}, "razon": "La feria de julio se adelantó a junio."}


def llenar(db: Database, ahora: datetime, quien: str) -> None:
    """Cada trimestre se cierra diez días después de terminar; el último que terminó queda por cerrar."""
    for ejercicio in poa.ejercicios(db):
        en_mayo = datetime(ejercicio, 5, 20, 11, tzinfo=ahora.tzinfo)
        if en_mayo < ahora:
            poa.guardar(
                db,
                ejercicio,
                _MOVIDA["linea"],
                _MOVIDA["metas"],
                justificacion=_MOVIDA["razon"],
                ahora=en_mayo,
                quien=quien,
            )
        dias = [date.fromisoformat(trimestres.limites(ejercicio, n)[1]) + timedelta(days=10) for n in range(1, 5)]
        terminados = [n for n, dia in enumerate(dias, start=1) if dia < ahora.date()]
        for n in terminados[:-1]:
            cuando = datetime.combine(dias[n - 1], time(13), ahora.tzinfo)
            trimestres.cerrar(db, ejercicio, n, ahora=cuando, quien=quien)
