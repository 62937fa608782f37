"""Los campos de todos los formularios: WTForms con frases nuestras y limpieza de lo escrito."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wtforms import Form, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.form import BaseForm
from wtforms.widgets import CheckboxInput, ListWidget

from formularios.texto import en_una_linea, limpiar

ERROR_OPCION = "Elija una de las opciones de la lista."
ERROR_UNA_SOLA = "Elija una sola respuesta."
Pares = Sequence[tuple[str, str]]
"""Opciones como ``(clave, etiqueta)``."""


def error_de_largo(largo: int, maximo: int) -> str:
    sobran = largo - maximo
    return f"Caben {maximo} letras y {'sobra 1' if sobran == 1 else f'sobran {sobran}'}. Acorte el texto."


def error_de_sola(texto: str) -> str:
    """La de una opción que no va con otra, por su texto."""
    return f"Marcó «{texto}» junto con otra. Deje solo una de las dos cosas."


class Datos(dict[str, list[str]]):
    """Lo que llegó, como lo leen los campos. Lo que no es texto queda como algo que ninguna opción admite."""

    def __init__(self, datos: Mapping[str, Sequence[str]]) -> None:
        super().__init__({str(nombre): self._lista(valores) for nombre, valores in datos.items()})

    def getlist(self, key: str) -> list[str]:
        return self.get(key, [])

    @staticmethod
    def _lista(valores: Any) -> list[str]:
        if isinstance(valores, str):
            return [valores]
        if not isinstance(valores, list | tuple):
            return []
        return [valor if isinstance(valor, str) else "\0" for valor in valores]


class Una(RadioField):
    """Una opción. ``falta``: la frase si no se eligió ninguna; sin ella se puede saltar."""

    def __init__(self, etiqueta: str, opciones: Pares, falta: str | None = None, **kwargs: Any) -> None:
        super().__init__(etiqueta, choices=dict(opciones), **kwargs)
        self.opciones = dict(opciones)
        self.falta = falta

    def process_formdata(self, valuelist: list[str]) -> None:
        elegidas = [valor for valor in dict.fromkeys(valuelist) if valor]
        self.data = elegidas[0] if elegidas else None
        if len(elegidas) > 1:
            raise ValueError(ERROR_UNA_SOLA)

    def pre_validate(self, form: BaseForm) -> None:
        _revisar_una(self.data, self.opciones, self.falta)


class Lista(SelectField):
    """Una opción de una lista desplegable, que empieza en blanco.

    :param retiradas: las que ya no se ofrecen; la que ya estaba guardada se conserva y se dice.
    """

    def __init__(
        self,
        etiqueta: str,
        opciones: Pares,
        falta: str | None = None,
        retiradas: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.vacia = {"": "Elija…" if falta else "Ninguna"}
        super().__init__(etiqueta, choices={**self.vacia, **dict(opciones)}, **kwargs)
        self.opciones = dict(opciones)
        self.retiradas = retiradas or {}
        self.falta = falta

    def process_data(self, value: Any) -> None:
        super().process_data(value)
        if value in self.retiradas:
            suya = {value: f"{self.retiradas[value]} (ya no se usa)"}
            self.opciones = {**self.opciones, **suya}
            self.choices = {**self.vacia, **self.opciones}

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = (valuelist[0] if valuelist else "") or None

    def pre_validate(self, form: BaseForm) -> None:
        _revisar_una(self.data, self.opciones, self.falta)


class Varias(SelectMultipleField):
    """Casillas: varias opciones o ninguna. ``exclusivas`` (claves) no van junto con otra."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, etiqueta: str, opciones: Pares, exclusivas: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(etiqueta, choices=dict(opciones), **kwargs)
        self.opciones = dict(opciones)
        self.exclusivas = exclusivas

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = [valor for valor in dict.fromkeys(valuelist) if valor]

    def pre_validate(self, form: BaseForm) -> None:
        elegidas = self.data or []
        if any(valor not in self.opciones for valor in elegidas):
            raise ValidationError(ERROR_OPCION)
        sola = next((self.opciones[valor] for valor in elegidas if valor in self.exclusivas), None)
        if sola is not None and len(elegidas) > 1:
            raise ValidationError(error_de_sola(sola))


class Renglon(StringField):
    """Texto en una línea, limpio. ``revisar`` devuelve la forma buena o falla con ``ValueError`` y su frase.

    Con error se conserva lo que se escribió.
    """

    def __init__(
        self,
        etiqueta: str,
        *,
        maximo: int,
        falta: str | None = None,
        revisar: Callable[[str], str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(etiqueta, **kwargs)
        self.maximo, self.falta, self.revisar = maximo, falta, revisar

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = en_una_linea(valuelist[0]) if valuelist else ""

    def pre_validate(self, form: BaseForm) -> None:
        if not self.data:
            if self.falta:
                raise ValidationError(self.falta)
            return
        _revisar_largo(self.data, self.maximo)
        if self.revisar is not None:
            try:
                self.data = self.revisar(self.data)
            except ValueError as error:
                raise ValidationError(str(error)) from None


class Parrafo(TextAreaField):
    """Texto libre; lo que no cabe es un error, nunca se corta en silencio."""

    def __init__(self, etiqueta: str, *, maximo: int, **kwargs: Any) -> None:
        super().__init__(etiqueta, **kwargs)
        self.maximo = maximo

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = limpiar(valuelist[0]) if valuelist else ""

    def pre_validate(self, form: BaseForm) -> None:
        _revisar_largo(self.data or "", self.maximo)


def primeros_errores(formulario: Form) -> dict[str, str]:
    """Campo y su primera frase, solo los que tienen error."""
    return {campo.name: str(campo.errors[0]) for campo in formulario if campo.errors}


def _revisar_una(elegida: str | None, opciones: Mapping[str, str], falta: str | None) -> None:
    if elegida and elegida not in opciones:
        raise ValidationError(ERROR_OPCION)
    if not elegida and falta:
        raise ValidationError(falta)


def _revisar_largo(texto: str, maximo: int) -> None:
    if len(texto) > maximo:
        raise ValidationError(error_de_largo(len(texto), maximo))
