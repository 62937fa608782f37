"""Los formularios de los catálogos y del papel de la oficina."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from wtforms import BooleanField, Form
from wtforms.widgets import NumberInput

from formularios.campos import Lista, Parrafo, Renglon
from formularios.catalogos import Catalogos
from formularios.hoja_catalogo import revisar_etiqueta
from recoleccion.fechas import MESES

ERROR_DIA = "Ese día no existe en ese mes."
ERROR_HASTA = "Diga mes y día de cuándo termina, o deje vacíos los dos."


def leer_dia(texto: str) -> str:
    """:raises ValueError: si no es un número del 1 al 31."""
    if not (texto.isascii() and texto.isdigit() and 1 <= int(texto) <= 31):
        raise ValueError("Escriba un día del 1 al 31.")
    return str(int(texto))


class FormularioOpcion(Form):
    """Una opción de cualquier catálogo."""

    etiqueta = Renglon("Cómo se lee", maximo=80, falta="Escriba cómo se lee.", revisar=revisar_etiqueta)

    def columnas(self) -> dict[str, str]:
        """Lo que va en el archivo."""
        return {campo.name: campo.data or "" for campo in self}


class FormularioEfemeride(FormularioOpcion):
    """Un día señalado; sin mes, es ese día de cada mes."""

    mes = Lista("Mes", [(str(n), mes) for n, mes in enumerate(MESES, start=1)])
    dia = Renglon("Día", maximo=2, falta="Escriba el día.", revisar=leer_dia, widget=NumberInput(min=1, max=31))
    hasta_mes = Lista("Hasta el mes", [(str(n), mes) for n, mes in enumerate(MESES, start=1)])
    hasta_dia = Renglon("Hasta el día", maximo=2, revisar=leer_dia, widget=NumberInput(min=1, max=31))

    def __init__(self, *datos: Any, **mas: Any) -> None:
        super().__init__(*datos, **mas)
        self.mes.choices = {**dict(self.mes.choices), "": "De cada mes"}
        self.hasta_mes.choices = {**dict(self.hasta_mes.choices), "": "Es un solo día"}

    def validate(self, extra_validators: Any = None) -> bool:
        bien = super().validate(extra_validators)
        for mes, dia in ((self.mes, self.dia), (self.hasta_mes, self.hasta_dia)):
            if dia.errors or mes.errors or not dia.data:
                continue
            try:
                date(2024, int(mes.data or 1), int(dia.data))
            except ValueError:
                dia.errors = [ERROR_DIA]
                bien = False
        if bool(self.hasta_mes.data) != bool(self.hasta_dia.data):
            self.hasta_dia.errors = [ERROR_HASTA]
            bien = False
        return bien


def formulario(catalogo: str, catalogos: Catalogos) -> type[FormularioOpcion]:
    """El de las opciones de un catálogo."""
    if catalogo == "efemeride":
        return FormularioEfemeride
    if catalogo == "localidad":
        zona = Lista("Zona", catalogos.pares("zona"), retiradas=catalogos.retiradas("zona"))
        return type("FormularioLocalidad", (FormularioOpcion,), {"zona": zona})
    return FormularioOpcion


def datos_de(fila: Mapping[str, str], forma: type[FormularioOpcion]) -> dict[str, str]:
    """Lo de una fila que ese formulario edita."""
    return {nombre: fila.get(nombre, "") for nombre in (campo.name for campo in forma())}


class FormularioPapel(Form):
    """Lo que va en el papel de la oficina o de un programa."""

    leyenda = Parrafo("Leyenda", maximo=400)
    pie = Renglon("Pie de página", maximo=140)
    quitar_logo = BooleanField("Quitar el logotipo")

    def validate(self, extra_validators: Any = None) -> bool:
        bien = super().validate(extra_validators)
        for campo in (self.leyenda, self.pie):
            if campo.data:
                try:
                    revisar_etiqueta(campo.data)
                except ValueError as error:
                    campo.errors = [str(error)]
                    bien = False
        return bien
