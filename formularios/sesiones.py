"""Los días de una serie: por regla (cada semana, cada quince días, cada mes) o escritos uno por uno. Puro."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Literal

from wtforms import BooleanField
from wtforms.widgets import NumberInput

from formularios.campos import Lista, Parrafo, Renglon, Una
from formularios.evento import FALTA_FECHA, FormularioEvento, leer_fecha

Cada = Literal["semana", "quincena", "mes"]
CADA = (("semana", "Cada semana"), ("quincena", "Cada dos semanas"), ("mes", "Cada mes, el mismo día"))
COMO = (("regla", "Por regla: la primera fecha y cada cuánto"), ("lista", "Escribiendo las fechas"))
MAXIMO = 60
"""Sesiones que se crean de una vez, a lo más."""
ERROR_CUANTAS = f"Escriba cuántas sesiones, de 1 a {MAXIMO}."
FALTAN = "Escriba por lo menos una fecha, en un renglón cada una."
MAXIMO_TITULO = 100
"""El del evento es 120: a cada sesión se le agrega su número."""
_EXTRAS = ("como", "cada", "cuantas", "fechas", "nota", "incluye")


def por_regla(primera: date, cada: Cada, cuantas: int) -> list[str]:
    """Las fechas ISO desde ``primera``. Al mes que no tenga ese día le toca su último."""
    return [dia.isoformat() for dia in _por_regla(primera, cada, cuantas)]


def _por_regla(primera: date, cada: Cada, cuantas: int) -> Iterator[date]:
    for n in range(cuantas):
        if cada == "mes":
            ejercicio, mes = divmod(primera.year * 12 + primera.month - 1 + n, 12)
            yield date(ejercicio, mes + 1, min(primera.day, monthrange(ejercicio, mes + 1)[1]))
        else:
            yield primera + timedelta(weeks=n * (1 if cada == "semana" else 2))


def leer_lista(texto: str) -> list[str]:
    """Las fechas ISO de una lista (por renglón, coma o punto y coma), en orden de calendario.

    :raises ValueError: con su frase: cuál está mal, cuál está repetida, o que son demasiadas.
    """
    fechas: list[str] = []
    for renglon in texto.replace(",", "\n").replace(";", "\n").splitlines():
        if escrita := renglon.strip():
            try:
                fecha = leer_fecha(escrita)
            except ValueError as error:
                raise ValueError(f"«{escrita}»: {error}") from None
            if fecha in fechas:
                raise ValueError(f"La fecha «{escrita}» está dos veces.")
            fechas.append(fecha)
    if not fechas:
        raise ValueError(FALTAN)
    if len(fechas) > MAXIMO:
        raise ValueError(f"Son {len(fechas)} fechas y caben {MAXIMO}. Cree la serie en dos partes.")
    return sorted(fechas)


def leer_cuantas(texto: str) -> str:
    """:raises ValueError: si no es un entero de 1 a :data:`MAXIMO`."""
    if not (texto.isascii() and texto.isdigit() and len(texto) <= 4 and 1 <= int(texto) <= MAXIMO):
        raise ValueError(ERROR_CUANTAS)
    return str(int(texto))


class FormularioSerie(FormularioEvento):
    """Lo que la serie le agrega al formulario de un evento. Ya validado, ``sesiones`` son sus fechas ISO."""

    sesiones: tuple[str, ...] = ()

    def __init__(self, formdata: Any = None, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(formdata, data, **kwargs)
        self["fecha"].label.text = "Primera fecha"

    def validate(self, extra_validators: Any = None) -> bool:
        escritas = self["como"].data == "lista"
        for nombre, falta in (("fecha", FALTA_FECHA), ("cuantas", ERROR_CUANTAS)):
            campo: Any = self[nombre]
            campo.falta = None if escritas else falta
        bien = super().validate(extra_validators)
        campo = self["fechas"] if escritas else self["fecha"]
        if campo.errors or self["cuantas"].errors or self["cada"].errors:
            return False
        try:
            self.sesiones = tuple(leer_lista(campo.data or "") if escritas else self._por_regla())
        except (ValueError, OverflowError) as error:
            campo.errors = [str(error)]
            return False
        return bien

    def _por_regla(self) -> list[str]:
        fechas = por_regla(date.fromisoformat(self["fecha"].data), self["cada"].data, int(self["cuantas"].data))
        return [leer_fecha(fecha) for fecha in fechas]

    def de_cada_sesion(self) -> dict[str, Any]:
        """Lo que todas las sesiones tienen igual, como ``a_dict`` de un evento."""
        return {c: v for c, v in self.a_dict().items() if c not in (*_EXTRAS, "titulo", "fecha")}


def formulario_serie(evento: type[FormularioEvento]) -> type[FormularioSerie]:
    """La clase del formulario de una serie, a partir de la de un evento (:func:`.evento.formulario_evento`)."""
    campos: dict[str, Any] = {
        "titulo": Renglon("Nombre de la serie", maximo=MAXIMO_TITULO, falta="Escriba cómo se llama la serie."),
        "como": Una("Cuándo son las sesiones", COMO, "Elija una opción.", default="regla"),
        "cada": Lista("Cada cuánto", CADA, "Elija una opción de la lista.", default="semana"),
        "cuantas": Renglon(
            "Cuántas sesiones", maximo=4, revisar=leer_cuantas, default="10", widget=NumberInput(min=1, max=MAXIMO)
        ),
        "fechas": Parrafo("Fechas", maximo=2000),
        "nota": Parrafo("Nota", maximo=1000),
        "incluye": BooleanField("Es una de las sesiones", default=True),
        "serie_id": None,
    }
    return type("FormularioDeSerie", (FormularioSerie, evento), campos)
