"""Qué se hizo en el año: unas 120 actividades con sus fechas, sedes, programas, líneas del POA y encuestas."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

AL_MES = 9
"""Actividades comunes por mes, aparte de las fechas señaladas."""


@dataclass(frozen=True)
class Molde:
    """Una clase de actividad. ``publico``: de dónde sale la gente (ver ``gente``); ``cuantas``: mínimo y máximo."""

    tipo: str
    tema: str
    titulo: str
    programa: str
    lineas: tuple[str, ...]
    publico: str
    cuantas: tuple[int, int]
    encuestas: tuple[str, ...] = ()
    pide_nombre: bool = True
    pide_telefono: bool = False


_CONOCIMIENTO = ("antes", "despues", "satisfaccion")

# El peso dice qué tan seguido se hace.
MOLDES: tuple[tuple[int, Molde], ...] = (
    (9, Molde("platica", "tipos", "Lo que no se ve", "prevencion", ("M4",), "vecinas", (24, 48), _CONOCIMIENTO)),
    (7, Molde("platica", "derechos", "Nuestros derechos", "prevencion", ("M4",), "vecinas", (22, 44), _CONOCIMIENTO)),
    (6, Molde("taller", "igualdad", "Parejo en la casa", "igualdad", ("M4",), "vecinas", (20, 40), _CONOCIMIENTO)),
    (5, Molde("platica", "cuidados", "¿Quién cuida?", "igualdad", ("M4", "A5"), "vecinas", (18, 36),
              (*_CONOCIMIENTO, "cuidados"))),
    (5, Molde("platica", "noviazgo", "Amor del bueno", "prevencion", ("M4",), "escuela", (28, 50),
              _CONOCIMIENTO, False)),
    (4, Molde("platica", "digital", "Mi celular es mío", "prevencion", ("M4",), "escuela", (26, 48),
              _CONOCIMIENTO, False)),
    (4, Molde("taller", "masculinidades", "Ser papá hoy", "igualdad", ("M4",), "hombres", (16, 32), _CONOCIMIENTO)),
    (6, Molde("curso", "autonomia", "Repostería para vender", "empoderamiento", ("A5", "M3"), "curso", (18, 30),
              ("satisfaccion",), True, True)),
    (5, Molde("taller", "autonomia", "Cuentas claras", "empoderamiento", ("A5",), "curso", (18, 32),
              ("satisfaccion",))),
    (5, Molde("taller", "salud_emocional", "Un rato para mí", "comunidad", ("M4",), "vecinas", (18, 36),
              ("reconocer", "satisfaccion"))),
    (4, Molde("feria", "otro", "Módulo en la feria de la salud", "comunidad", ("M5", "A6"), "calle", (32, 64),
              ("reconocer",), False)),
    (3, Molde("campana", "tipos", "Brigada casa por casa", "comunidad", ("M5", "A4"), "calle", (30, 60), (), False)),
    (2, Molde("capacitacion", "igualdad", "Trato digno en ventanilla", "igualdad", ("M2", "A3"), "personal", (14, 26),
              ("satisfaccion",))),
    (2, Molde("reunion", "otro", "Mesa con DIF, salud y escuelas", "comunidad", ("A2", "A6"), "personal", (8, 14))),
)  # fmt: skip

_EFEMERIDES: dict[tuple[int, int], tuple[str, Molde]] = {
    (3, 8): ("8m", Molde("marcha", "igualdad", "Caminata del 8 de marzo", "comunidad", ("A8", "M5"), "calle",
                         (90, 120), (), False)),
    (5, 28): ("28may", Molde("feria", "salud_emocional", "Jornada de salud", "comunidad", ("A8",), "calle", (50, 70),
                             ("reconocer",), False)),
    (10, 11): ("11oct", Molde("platica", "igualdad", "Día de la niña", "igualdad", ("A8", "M4"), "escuela", (30, 45),
                              _CONOCIMIENTO, False)),
    (10, 15): ("15oct", Molde("platica", "derechos", "Mujeres del campo", "empoderamiento", ("A8", "M4"), "vecinas",
                              (28, 44), _CONOCIMIENTO)),
    (10, 17): ("17oct", Molde("platica", "derechos", "El voto de las mujeres", "igualdad", ("A8", "M4"), "vecinas",
                              (22, 36), ("satisfaccion",))),
    (10, 19): ("19oct", Molde("feria", "otro", "Módulo de salud de octubre", "comunidad", ("A8",), "calle", (50, 80),
                              (), False)),
    (11, 25): ("25n", Molde("marcha", "tipos", "Encendido del 25 de noviembre", "prevencion", ("A8", "M5"), "calle",
                            (90, 130), (), False)),
}  # fmt: skip
_DIA_25 = Molde(
    "campana", "tipos", "Día 25 en la plaza", "prevencion", ("M5", "A8"), "calle", (30, 50), ("reconocer",), False
)
DE_HOY = Molde(
    "platica", "tipos", "Plática de hoy", "prevencion", ("M4",), "vecinas", (12, 16), (*_CONOCIMIENTO, "cuidados"),
    True, True,
)  # fmt: skip

_SEDES = {
    "cabecera": ("Casa de la Cultura", "Salón ejidal", "Centro de salud", "Plaza principal", "Biblioteca municipal"),
    "zona_1": ("Salón de la comunidad", "Casa de salud", "Escuela primaria", "Atrio de la capilla"),
}
_ESCUELAS = {
    "cabecera": ("Secundaria técnica", "Preparatoria regional"),
    "zona_1": ("Telesecundaria", "Telebachillerato"),
}
_LOCALIDAD = {"cabecera": "valle_de_guadalupe", "zona_1": "otra_del_municipio"}
_HORAS = ("10:00", "11:00", "12:00", "16:00", "17:00", "18:00")


@dataclass(frozen=True)
class Plan:
    """Un evento por crear: su molde, su día y cuánta gente va a ir."""

    molde: Molde
    fecha: date
    hora_inicio: str
    hora_fin: str
    zona: str
    sede: str
    gente: int
    efemeride: str | None = None

    def datos(self) -> dict[str, object]:
        """Lo que pide ``consultas.eventos.crear``, sin líneas ni encuestas."""
        molde = self.molde
        return {
            "titulo": molde.titulo,
            "tipo": molde.tipo,
            "tema": molde.tema,
            "fecha": self.fecha.isoformat(),
            "hora_inicio": self.hora_inicio,
            "hora_fin": self.hora_fin,
            "sede": self.sede,
            "localidad": _LOCALIDAD[self.zona],
            "zona": self.zona,
            "programa": molde.programa,
            "efemeride": self.efemeride,
            "pide_nombre": molde.pide_nombre,
            "pide_telefono": molde.pide_telefono,
            "pide_procedencia": True,
            "autorizacion_escolar": molde.publico == "escuela",
        }


def del_ejercicio(azar: Random, hoy: date) -> list[Plan]:
    """Los eventos de los doce meses antes de ``hoy`` (sin ``hoy``), en orden de fecha."""
    planes = list(_senalados(azar, hoy))
    inicio = hoy - timedelta(days=365)
    for mes in range(12):
        dias = [inicio + timedelta(days=round(mes * 365 / 12) + d) for d in range(30)]
        habiles = [d for d in dias if d < hoy and d.weekday() < 6]
        planes += [_plan(azar, _al_azar(azar), dia) for dia in azar.choices(habiles, k=AL_MES)]
    return sorted(planes, key=lambda plan: (plan.fecha, plan.hora_inicio))


def por_venir(azar: Random, hoy: date, cuantos: int = 3) -> list[Plan]:
    """Los que ya están en la agenda de los próximos días."""
    return [_plan(azar, _al_azar(azar), hoy + timedelta(days=3 + 4 * n)) for n in range(cuantos)]


def de_hoy(azar: Random, ahora: datetime) -> Plan:
    """El evento que queda abierto para quien prueba: empezó hace un rato, sea la hora que sea."""
    plan = _plan(azar, DE_HOY, ahora.date())
    empieza = min(max(0, ahora.hour - 1), 21)
    return replace(
        plan,
        hora_inicio=f"{empieza:02d}:00",
        hora_fin=f"{empieza + 2:02d}:00",
        zona="cabecera",
        sede=_SEDES["cabecera"][0],
    )


def _al_azar(azar: Random) -> Molde:
    return azar.choices([m for _, m in MOLDES], weights=[peso for peso, _ in MOLDES])[0]


def _senalados(azar: Random, hoy: date) -> Iterator[Plan]:
    for atras in range(1, 366):
        dia = hoy - timedelta(days=atras)
        clave, molde = _EFEMERIDES.get((dia.month, dia.day), ("dia25", _DIA_25) if dia.day == 25 else (None, None))
        if molde is not None:
            yield _plan(azar, molde, dia, clave)


def _plan(azar: Random, molde: Molde, dia: date, efemeride: str | None = None) -> Plan:
    zona = "cabecera" if molde.publico == "personal" or azar.random() < 0.62 else "zona_1"
    sedes = _ESCUELAS if molde.publico == "escuela" else _SEDES
    hora = azar.choice(_HORAS[:3] if molde.publico in ("escuela", "personal") else _HORAS)
    fin = f"{int(hora[:2]) + 2:02d}:00"
    return Plan(molde, dia, hora, fin, zona, azar.choice(sedes[zona]), azar.randint(*molde.cuantas), efemeride)
