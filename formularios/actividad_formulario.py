"""El formulario corto de una actividad: uno por línea del programa. También revisa los renglones de un archivo."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import Form
from wtforms.widgets import DateInput, NumberInput

from formularios.actividad import GRUPOS, TipoActividad
from formularios.campos import Lista, Pares, Renglon, Una
from formularios.tabla import leer_decimal, leer_dia, leer_entero

MAXIMO, MAXIMO_ALCANCE, MAXIMO_HORAS, LETRAS_NOTA = 100_000, 10_000_000, 1_000, 140
FALTAN = {
    "programa": "Escriba de qué programa o apoyo.",
    "institucion": "Escriba con qué institución o dirección.",
    "tema": "Elija el tema.",
    "limite": "Escriba para cuándo se pidió.",
    "mujeres": "Escriba cuántas personas.",
    "horas": "Escriba cuántas horas duró.",
    "alcance": "Escriba el alcance que dice la red.",
    "nota": "Escriba una nota.",
}
ERROR_FUTURO = "Esa fecha todavía no llega."
ERROR_LIMITE = "No puede ser antes de la fecha en que se pidió."
ERROR_PERSONA = "Parece que lleva el nombre o un dato de una persona. Quítelo: aquí sólo van cuentas."

_TITULO = re.compile(r"\b(?i:sra|sr|srita|señora|señor|señorita|doña)\b\.? +[A-ZÁÉÍÓÚÑ][a-záéíóúñ]+")
_DATO = re.compile(
    r"[A-Z]{4}[0-9]{6}[A-Z0-9]{3,8}"  # CURP o RFC
    r"|[^\s@]+@[^\s@]+\.[a-z]{2,}"
    r"|(?<![0-9])(?:[0-9][ \-.]?){9,}[0-9](?![0-9])",  # un teléfono
    re.IGNORECASE,
)


def sin_datos(texto: str) -> str:
    """:raises ValueError: si lleva un teléfono, un correo, una CURP o un RFC."""
    if _DATO.search(texto):
        raise ValueError(ERROR_PERSONA)
    return texto


def sin_personas(texto: str) -> str:
    """:raises ValueError: si además nombra a alguien («la señora María»)."""
    if _TITULO.search(texto):
        raise ValueError(ERROR_PERSONA)
    return sin_datos(texto)


def _dia(texto: str) -> str:
    return leer_dia(texto).isoformat()


def _entero(maximo: int) -> Callable[[str], str]:
    return lambda texto: str(leer_entero(texto, maximo=maximo))


def _horas(texto: str) -> str:
    return f"{leer_decimal(texto, maximo=MAXIMO_HORAS):g}"


class FormularioActividad(Form):
    """Lo común a las de todas las líneas. ``tipos_de_la_linea`` y ``hoy`` los pone :func:`formulario_actividad`."""

    tipos_de_la_linea: Sequence[TipoActividad] = ()
    hoy: date = date.max

    @property
    def elegido(self) -> TipoActividad | None:
        return next((tipo for tipo in self.tipos_de_la_linea if tipo.clave == self["tipo"].data), None)

    @property
    def grupos(self) -> list[str]:
        """Los de :data:`GRUPOS` que pide algún tipo de la línea, en su orden."""
        return [grupo for grupo in GRUPOS if any(grupo in tipo.pide for tipo in self.tipos_de_la_linea)]

    def validate(self, extra_validators: Any = None) -> bool:
        """Lo que el tipo elegido no pide no se revisa: puede ser lo que quedó de otro."""
        super().validate(extra_validators)
        tipo = self.elegido
        if tipo is None:
            return False
        for columnas in GRUPOS.values():
            for columna in columnas:
                if columna not in tipo.columnas and columna in self:
                    self[columna].errors = []
        for grupo in tipo.exige:
            primera = self[GRUPOS[grupo][0]]
            if not any(self[columna].data or self[columna].errors for columna in self._llenables(grupo)):
                primera.errors = [FALTAN[primera.name]]
        self._revisar_dias(tipo)
        return not self.errors

    @staticmethod
    def _llenables(grupo: str) -> tuple[str, ...]:
        return ("limite",) if grupo == "plazo" else GRUPOS[grupo]

    def _revisar_dias(self, tipo: TipoActividad) -> None:
        fecha, hoy = self["fecha"], self.hoy.isoformat()
        if not fecha.errors and fecha.data > hoy:
            fecha.errors = [ERROR_FUTURO]
        if "plazo" not in tipo.pide or fecha.errors:
            return
        limite, cumplida = self["limite"], self["cumplida_el"]
        for campo in (limite, cumplida):
            if campo.data and not campo.errors and campo.data < fecha.data:
                campo.errors = [ERROR_LIMITE]
        if cumplida.data and not cumplida.errors and cumplida.data > hoy:
            cumplida.errors = [ERROR_FUTURO]

    def a_dict(self) -> dict[str, Any]:
        """``tipo``, ``fecha``, ``cantidad`` y las columnas que el tipo pide; lo que se dejó en blanco es ``None``."""
        tipo = self.elegido
        assert tipo is not None
        columnas = {columna: self[columna].data or None for columna in sorted(tipo.columnas)}
        enteros = {"mujeres", "hombres", "no_especificado", "alcance"}
        for columna, valor in columnas.items():
            if valor is not None and columna in enteros:
                columnas[columna] = int(valor)
            elif valor is not None and columna == "horas":
                columnas[columna] = float(valor)
        return {"tipo": tipo.clave, "fecha": self["fecha"].data, "cantidad": int(self["cantidad"].data), **columnas}


def formulario_actividad(
    tipos: Sequence[TipoActividad], temas: Pares, hoy: date, temas_retirados: Mapping[str, str] | None = None
) -> type[FormularioActividad]:
    """La clase del formulario de una línea.

    :param tipos: los de esa línea. :param temas: ``(clave, etiqueta)``. :param hoy: lo que pasó después no se anota.
    :param temas_retirados: los que ya no se ofrecen y valen en la actividad que ya los tenía.
    """
    campos: dict[str, Any] = {
        "tipo": Una("¿Qué fue?", [(t.clave, t.etiqueta) for t in tipos], "Elija qué fue."),
        "fecha": Renglon("Fecha", maximo=40, falta="Escriba la fecha.", revisar=_dia, widget=DateInput()),
        "cantidad": _numero("Cantidad", MAXIMO, "Escriba cuántas fueron, con número."),
        "mujeres": _numero("Mujeres", MAXIMO),
        "hombres": _numero("Hombres", MAXIMO),
        "no_especificado": _numero("Otra o no dijo", MAXIMO),
        "programa": Renglon("Programa o apoyo", maximo=80, revisar=sin_datos),
        "institucion": Renglon("Institución o dirección", maximo=80, revisar=sin_datos),
        "tema": Lista("Tema", temas, retiradas=temas_retirados),
        "horas": Renglon(
            "Horas que duró", maximo=20, revisar=_horas, widget=NumberInput(min=0, max=MAXIMO_HORAS, step="0.5")
        ),
        "alcance": _numero("Alcance en la red", MAXIMO_ALCANCE),
        "limite": Renglon("Se pidió para el", maximo=40, revisar=_dia, widget=DateInput()),
        "cumplida_el": Renglon("Se entregó el", maximo=40, revisar=_dia, widget=DateInput()),
        "nota": Renglon("Nota", maximo=LETRAS_NOTA, revisar=sin_personas),
    }
    propios: Mapping[str, Any] = {"tipos_de_la_linea": tuple(tipos), "hoy": hoy}
    return type("FormularioActividadDeLinea", (FormularioActividad,), {**campos, **propios})


def _numero(etiqueta: str, maximo: int, falta: str | None = None) -> Renglon:
    return Renglon(
        etiqueta, maximo=20, falta=falta, revisar=_entero(maximo), widget=NumberInput(min=0, max=maximo, step=1)
    )
