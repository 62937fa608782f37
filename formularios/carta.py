"""El formulario de la carta descriptiva (qué se hará, momento por momento) y el de la hoja de cierre."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import Form
from wtforms.widgets import NumberInput

from formularios.campos import Parrafo, Renglon

MOMENTOS = 6
"""Renglones que se ofrecen de entrada."""
MAXIMO_MOMENTOS = 30
MAXIMO_CONTADAS = 5000
DIA = 24 * 60
ERROR_MINUTOS = f"Escriba los minutos con números, de 1 a {DIA}."
ERROR_CONTADAS = f"Escriba cuántas personas, de 0 a {MAXIMO_CONTADAS}, o déjelo vacío si no se contaron."
FALTA_OBJETIVO = "Escriba para qué se hace."
FALTA_MOMENTO = "Escriba por lo menos un momento."
FALTA_QUE = "Escriba qué se hace en esos minutos."


def leer_minutos(texto: str) -> str:
    """:raises ValueError: si no es un entero de 1 a :data:`DIA`."""
    return _entero(texto, 1, DIA, ERROR_MINUTOS)


def leer_contadas(texto: str) -> str:
    """:raises ValueError: si no es un entero de 0 a :data:`MAXIMO_CONTADAS`."""
    return _entero(texto, 0, MAXIMO_CONTADAS, ERROR_CONTADAS)


def _entero(texto: str, menor: int, mayor: int, error: str) -> str:
    if not (texto.isascii() and texto.isdigit() and len(texto) <= 6 and menor <= int(texto) <= mayor):
        raise ValueError(error)
    return str(int(texto))


class FormularioCierre(Form):
    """Cómo acabó un evento."""

    contadas = Renglon(
        "Personas que se contaron a ojo",
        maximo=6,
        revisar=leer_contadas,
        widget=NumberInput(min=0, max=MAXIMO_CONTADAS),
    )
    nota = Parrafo("Qué pasó", maximo=2000)

    def a_dict(self) -> dict[str, Any]:
        """``contadas`` (entero o nulo) y ``nota`` (texto o nulo)."""
        return {"contadas": int(self.contadas.data) if self.contadas.data else None, "nota": self.nota.data or None}


class FormularioCarta(Form):
    """La carta: los campos de cada momento son ``momento-1``, ``actividad-1`` y ``minutos-1``, y así."""

    objetivo = Parrafo("Para qué se hace", maximo=1000)
    publico = Renglon("A quién va dirigida", maximo=200)
    materiales = Parrafo("Materiales", maximo=1000)

    @property
    def renglones(self) -> list[dict[str, Any]]:
        """Los campos de cada momento, en orden."""
        return [
            {c: self[f"{c}-{n}"] for c in ("momento", "actividad", "minutos")}
            for n in range(1, MAXIMO_MOMENTOS + 1)
            if f"momento-{n}" in self
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        bien = super().validate(extra_validators)
        if not self.objetivo.errors and not self.objetivo.data:
            self.objetivo.errors = [FALTA_OBJETIVO]
            bien = False
        escritos = [r for r in self.renglones if any(campo.data for campo in r.values())]
        for renglon in escritos:
            if not renglon["actividad"].data and not renglon["momento"].data:
                renglon["actividad"].errors = [FALTA_QUE]
                bien = False
        if not escritos:
            self.renglones[0]["actividad"].errors = [FALTA_MOMENTO]
            bien = False
        return bien

    def a_dict(self) -> dict[str, Any]:
        """Los textos y ``momentos``: sólo los renglones con algo escrito; sus minutos, entero o nulo."""
        momentos = [
            {"momento": r["momento"].data or "", "actividad": r["actividad"].data or "", "minutos": r["minutos"].data}
            for r in self.renglones
            if any(campo.data for campo in r.values())
        ]
        return {
            "objetivo": self.objetivo.data or "",
            "publico": self.publico.data or None,
            "materiales": self.materiales.data or None,
            "momentos": [m | {"minutos": int(m["minutos"]) if m["minutos"] else None} for m in momentos],
        }


def formulario_carta(renglones: int) -> type[FormularioCarta]:
    """La clase con tantos renglones de momentos (hasta :data:`MAXIMO_MOMENTOS`)."""
    campos: dict[str, Any] = {}
    for n in range(1, min(renglones, MAXIMO_MOMENTOS) + 1):
        campos[f"momento-{n}"] = Renglon(f"Momento {n}", maximo=80)
        campos[f"actividad-{n}"] = Parrafo(f"Qué se hace en el momento {n}", maximo=600)
        campos[f"minutos-{n}"] = Renglon(
            f"Minutos del momento {n}", maximo=6, revisar=leer_minutos, widget=NumberInput(min=1, max=DIA)
        )
    return type("FormularioDeCarta", (FormularioCarta,), campos)


def como_se_llena(carta: Mapping[str, Any] | None) -> dict[str, Any]:
    """Lo guardado (:func:`recoleccion.consultas.cartas.leer`) con el nombre de cada campo."""
    if carta is None:
        return {}
    datos = {c: carta[c] or "" for c in ("objetivo", "publico", "materiales")}
    for n, momento in enumerate(carta["momentos"], start=1):
        datos |= {f"{c}-{n}": str(momento.get(c) or "") for c in ("momento", "actividad", "minutos")}
    return datos


def minutos(momentos: Sequence[Mapping[str, Any]]) -> int:
    """Cuánto suman los momentos que dicen cuánto duran."""
    return sum(momento.get("minutos") or 0 for momento in momentos)
