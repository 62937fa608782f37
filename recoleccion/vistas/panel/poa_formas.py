"""Los formularios del programa anual: una línea, el semáforo y la razón de un cambio."""

import re
from collections.abc import Mapping
from typing import Any

from wtforms import Form
from wtforms.widgets import NumberInput, TextArea, TextInput

from formularios.campos import Lista, Parrafo, Renglon
from formularios.indicadores import MEDIDAS
from recoleccion.consultas.poa import CAMPOS, NUMEROS, TIPOS
from recoleccion.fechas import numero, numero_exacto

ERROR_NUMERO = "Escriba sólo un número, por ejemplo 24 o 1,800. Si no está definido, déjelo vacío."
ERROR_GRANDE = "Ese número es demasiado grande. Revise los ceros."
ERROR_UMBRAL = "Escriba un número entero de 1 a 100."
ERROR_CLAVE = "Use una o dos letras y un número, como M7 o A11."
ERROR_ORDEN = "Debe ser menor que el de verde."


def leer_numero(texto: str) -> str:
    """«1,800» queda «1800»; admite dos decimales. :raises ValueError: con su frase."""
    if not re.fullmatch(r"([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]{1,2})?", texto):
        raise ValueError(ERROR_NUMERO)
    limpio = texto.replace(",", "")
    if float(limpio) > 1_000_000_000:
        raise ValueError(ERROR_GRANDE)
    return limpio


def leer_umbral(texto: str) -> str:
    """:raises ValueError: si no es un entero de 1 a 100."""
    if not re.fullmatch(r"[0-9]{1,3}", texto) or not 1 <= int(texto) <= 100:
        raise ValueError(ERROR_UMBRAL)
    return str(int(texto))


class _Decimal(TextInput):
    """Una casilla de texto con el teclado de números: así se ve y se escribe «1,800»."""

    def __call__(self, field: Any, **kwargs: Any) -> str:
        return super().__call__(field, **{"inputmode": "decimal", "class": "cantidad", **kwargs})


def _numero(etiqueta: str) -> Renglon:
    return Renglon(etiqueta, maximo=16, revisar=leer_numero, widget=_Decimal())


def leer_clave(texto: str) -> str:
    """La clave de una línea, en mayúsculas. :raises ValueError: si no son una o dos letras y un número."""
    if not re.fullmatch(r"[A-Za-z]{1,2}[1-9][0-9]?", texto):
        raise ValueError(ERROR_CLAVE)
    return texto.upper()


def _texto() -> Renglon:
    return Renglon("Qué dice la línea", maximo=600, falta="Escriba lo que dice la línea.", widget=TextArea())


class FormularioLinea(Form):
    """Lo que la titular le pone a una línea; todo, menos su texto, se puede dejar vacío."""

    texto = _texto()
    indicador = Renglon("Indicador", maximo=160)
    unidad = Renglon("Unidad de medida", maximo=40)
    medida = Lista("De dónde sale el avance", tuple(MEDIDAS.items()))
    meta_anual = _numero("Meta anual")
    t1 = _numero("Enero a marzo")
    t2 = _numero("Abril a junio")
    t3 = _numero("Julio a septiembre")
    t4 = _numero("Octubre a diciembre")
    linea_base = _numero("Línea base")
    responsable = Renglon("Responsable", maximo=80)
    justificacion = Parrafo("¿Por qué lo cambia?", maximo=500)

    @classmethod
    def de_linea(cls, escrito: Any, linea: Mapping[str, Any]) -> "FormularioLinea":
        """Con lo escrito o, sin nada escrito, con lo que la línea dice."""
        return cls(escrito, data={c: numero_exacto(linea[c]) if c in NUMEROS else linea[c] or "" for c in CAMPOS})

    def a_dict(self) -> dict[str, Any]:
        """Los campos, con números donde van números y ``None`` en lo vacío."""
        dicho = {columna: self[columna].data or None for columna in CAMPOS}
        return {c: float(valor) if c in NUMEROS and valor else valor for c, valor in dicho.items()}

    def no_cuadra(self) -> str | None:
        """La frase si los cuatro trimestres no suman la meta; es un aviso, no un error."""
        datos = self.a_dict()
        partes = [datos[f"t{n}"] for n in range(1, 5)]
        if datos["meta_anual"] is None or None in partes or abs(sum(partes) - datos["meta_anual"]) < 0.005:
            return None
        return f"Los cuatro trimestres suman {numero(sum(partes))} y la meta anual es {numero(datos['meta_anual'])}."


class FormularioLineaNueva(Form):
    """Una línea que se agrega al programa."""

    clave = Renglon("Clave", maximo=4, falta="Escriba la clave.", revisar=leer_clave)
    tipo = Lista("Qué es", tuple(TIPOS.items()), "Elija si es meta o acción.")
    texto = _texto()
    justificacion = Renglon("¿Por qué se agrega?", maximo=500, falta="Escriba en una frase la razón: queda anotada.")


class FormularioSemaforo(Form):
    """Desde qué porcentaje es verde y desde cuál amarillo."""

    verde = Renglon(
        "Verde desde (%)", maximo=3, falta=ERROR_UMBRAL, revisar=leer_umbral, widget=NumberInput(min=1, max=100)
    )
    amarillo = Renglon(
        "Amarillo desde (%)", maximo=3, falta=ERROR_UMBRAL, revisar=leer_umbral, widget=NumberInput(min=1, max=100)
    )

    def validate(self, extra_validators: Any = None) -> bool:
        bien = super().validate(extra_validators)
        if bien and int(self.amarillo.data) >= int(self.verde.data):
            self.amarillo.errors = [ERROR_ORDEN]
            return False
        return bien
