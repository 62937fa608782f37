"""Los formularios de cuentas y contraseñas. Una contraseña escrita nunca regresa en la página."""

import re
from typing import Any

from wtforms import Form, PasswordField, ValidationError
from wtforms.form import BaseForm
from wtforms.widgets import PasswordInput

from formularios.campos import Renglon, Una
from recoleccion.consultas.contrasenas import LARGO_MINIMO, es_comun

MAXIMO = 200
TAL_CUAL = {"autocapitalize": "none", "spellcheck": "false"}
"""Que el teclado no le cambie nada a lo que se escribe."""
ROLES = {
    "promotora": ("Promotora", "Registra en los eventos con su teléfono y ve cómo van. No ve listas con nombres."),
    "titular": ("Titular", "Usa todo el panel: eventos, listas con nombres, impresos, ajustes y cuentas."),
    "analista": ("Analista", "Consulta los datos publicados, que no llevan nombres. No abre el panel."),
    "administra": (
        "Administra",
        "Cuida el sistema: instala, respalda, ve cómo está y la bitácora. No ve eventos ni nombres.",
    ),
}
"""Cada papel: cómo se llama y qué puede hacer, en una frase."""
ERROR_USUARIO = (
    "Use de 2 a 40 letras sin acentos ni espacios; también números, puntos y guiones. Por ejemplo: rosa.diaz"
)
ERROR_CORTA = f"Es muy corta: use por lo menos {LARGO_MINIMO} letras o números."
ERROR_COMUN = "Es de las que se prueban primero. Use cuatro palabras sueltas: se recuerdan bien y nadie las adivina."
ERROR_LARGA = f"Es muy larga: caben {MAXIMO} letras."
ERROR_ORILLAS = "No puede empezar ni terminar con un espacio: no se ve y después no se puede entrar."
ERROR_DISTINTAS = "No es igual a la de arriba. Escríbala otra vez."
ERROR_MISMA = "Es la misma que ya tiene. Ponga una distinta."


def leer_usuario(texto: str) -> str:
    """:raises ValueError: si no se podría escribir igual en cualquier teclado."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._\-]{1,39}", texto):
        raise ValueError(ERROR_USUARIO)
    return texto


class _SeVe(PasswordInput):
    """Se lee mientras se escribe, para copiarla en papel; tampoco regresa en la página."""

    input_type = "text"


class Contrasena(PasswordField):
    """Una contraseña tal como se escribió. ``falta``: la frase si quedó vacía; sin ella es opcional.

    ``nueva``: se revisa que sirva para guardarse (una que ya existe sólo se compara).
    """

    def __init__(self, etiqueta: str, *, falta: str | None = None, nueva: bool = True, **kwargs: Any) -> None:
        super().__init__(etiqueta, render_kw=TAL_CUAL, **kwargs)
        self.falta, self.nueva = falta, nueva

    def pre_validate(self, form: BaseForm) -> None:
        texto = self.data or ""
        if not texto:
            if self.falta:
                raise ValidationError(self.falta)
            return
        if len(texto) > MAXIMO:
            raise ValidationError(ERROR_LARGA)
        if self.nueva and len(texto) < LARGO_MINIMO:
            raise ValidationError(ERROR_CORTA)
        if self.nueva and texto != texto.strip():
            raise ValidationError(ERROR_ORILLAS)
        if self.nueva and es_comun(texto):
            raise ValidationError(ERROR_COMUN)


class FormularioContrasena(Form):
    """La contraseña que la titular le pone a otra persona; vacía, se sugiere una."""

    contrasena = Contrasena("Contraseña", widget=_SeVe())


class FormularioCuenta(Form):
    """Una cuenta nueva."""

    nombre = Renglon("Nombre de la persona", maximo=80, falta="Escriba el nombre de quien va a usar la cuenta.")
    usuario = Renglon(
        "Usuario", maximo=40, falta="Escriba el usuario con que va a entrar.", revisar=leer_usuario, render_kw=TAL_CUAL
    )
    rol = Una(
        "Qué va a hacer",
        [(clave, nombre) for clave, (nombre, _) in ROLES.items()],
        "Elija qué va a hacer esta persona.",
        default="promotora",
    )
    contrasena = Contrasena("Contraseña", widget=_SeVe())


class FormularioContrasenaPropia(Form):
    """Cambiar la contraseña de uno mismo: pide la actual para que no baste con hallar la sesión abierta.

    A quien acaba de usar su llave de acceso no se le pide: ya probó más que eso, y quizá la olvidó.
    """

    actual = Contrasena("Su contraseña de ahora", falta="Escriba la contraseña con que entró.", nueva=False)
    nueva = Contrasena("La nueva", falta="Escriba la contraseña nueva.")
    repetida = Contrasena("La nueva, otra vez", falta="Escríbala otra vez, para estar seguros.", nueva=False)

    def validar(self) -> bool:
        """Valida; las dos nuevas son iguales y distintas de la de ahora."""
        self.validate()
        if not self.nueva.errors:
            if self.actual and self.nueva.data == self.actual.data:
                self.nueva.errors = [ERROR_MISMA]
            elif not self.repetida.errors and self.repetida.data != self.nueva.data:
                self.repetida.errors = [ERROR_DISTINTAS]
        return not self.errors
