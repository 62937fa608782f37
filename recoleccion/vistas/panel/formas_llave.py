"""Los formularios de la llave de la oficina. Una frase escrita nunca regresa en la página."""

from typing import Any

from wtforms import Form, PasswordField, ValidationError
from wtforms.form import BaseForm

from formularios.campos import Renglon
from recoleccion.consultas.envoltura import LARGO_FRASE, limpiar_frase, normalizar_codigo

from .formas_cuentas import ERROR_DISTINTAS, MAXIMO, TAL_CUAL

ERROR_CORTA = f"Es muy corta: use por lo menos {LARGO_FRASE} letras. Cuatro o más palabras sueltas se recuerdan bien."
ERROR_LARGA = f"Es muy larga: caben {MAXIMO} letras."
ERROR_CODIGO = "Al código le falta o le cambia una letra. Revíselo con la hoja, grupo por grupo."
FALTA = "Escriba la frase."


class Frase(PasswordField):
    """Una frase; ``nueva``: se revisa que sirva para guardarse (una que ya existe sólo se compara)."""

    def __init__(self, etiqueta: str, *, falta: str = FALTA, nueva: bool = False, **kwargs: Any) -> None:
        super().__init__(etiqueta, render_kw=TAL_CUAL, **kwargs)
        self.falta, self.nueva = falta, nueva

    def pre_validate(self, form: BaseForm) -> None:
        texto = limpiar_frase(self.data or "")
        if not texto:
            raise ValidationError(self.falta)
        if len(texto) > MAXIMO:
            raise ValidationError(ERROR_LARGA)
        if self.nueva and len(texto) < LARGO_FRASE:
            raise ValidationError(ERROR_CORTA)


def leer_codigo(texto: str) -> str:
    """:raises ValueError: si no es un código completo."""
    codigo = normalizar_codigo(texto)
    if codigo is None:
        raise ValueError(ERROR_CODIGO)
    return codigo


class FormularioAbrir(Form):
    """Abrir la llave con la frase."""

    frase = Frase("Su frase")


class _ConRepetida(Form):
    """La frase nueva, dos veces."""

    nueva = Frase("La frase nueva", falta="Escriba la frase nueva.", nueva=True)
    repetida = Frase("La frase nueva, otra vez", falta="Escríbala otra vez, para estar seguros.")

    def validar(self) -> bool:
        """Valida; las dos son iguales."""
        self.validate()
        iguales = limpiar_frase(self.nueva.data or "") == limpiar_frase(self.repetida.data or "")
        if not self.nueva.errors and not self.repetida.errors and not iguales:
            self.repetida.errors = [ERROR_DISTINTAS]
        return not self.errors


class FormularioCrear(_ConRepetida):
    """La primera frase de la oficina."""

    nueva = Frase("La frase", nueva=True)
    repetida = Frase("La frase, otra vez", falta="Escríbala otra vez, para estar seguros.")


class FormularioCambiar(_ConRepetida):
    """Otra frase; pide la de ahora para que no baste con hallar la sesión abierta."""

    actual = Frase("La frase de ahora")


class FormularioRecuperar(_ConRepetida):
    """Otra frase, con el código de la hoja."""

    codigo = Renglon(
        "Código de recuperación",
        maximo=80,
        falta="Escriba el código de la hoja.",
        revisar=leer_codigo,
        render_kw=TAL_CUAL | {"autocapitalize": "characters"},
    )
