"""Los formularios de la llave de la oficina. Una frase escrita nunca regresa en la página."""

from collections.abc import Mapping
from typing import Any

from wtforms import Form, PasswordField, ValidationError
from wtforms.form import BaseForm

from formularios.campos import Lista, Renglon
from recoleccion.consultas.envoltura import LARGO_FRASE, leer_codigo, limpiar_frase

from .formas_cuentas import ERROR_DISTINTAS, MAXIMO, TAL_CUAL

ERROR_CORTA = f"Es muy corta: use por lo menos {LARGO_FRASE} letras. Cuatro o más palabras sueltas se recuerdan bien."
ERROR_LARGA = f"Es muy larga: caben {MAXIMO} letras."
RAZONES = {
    "lista": "Ver o imprimir una lista de asistencia",
    "repetidas": "Revisar personas repetidas",
    "papel": "Pasar una lista de papel",
    "fotos": "Ver fotos de evidencia",
    "arco": "Atender una solicitud de derechos ARCO",
    "otra": "Otra",
}
"""Para qué se abren los nombres; queda en la bitácora."""
SIN_RAZON = "Diga para qué los abre."
CUAL = "Escriba para qué los abre."
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


class FormularioFrase(Form):
    """Probar que se sabe la frase."""

    frase = Frase("Su frase")


class FormularioAbrir(FormularioFrase):
    """Abrir la llave con la frase, diciendo para qué."""

    razon = Lista("Para qué los abre", tuple(RAZONES.items()), falta=SIN_RAZON)
    otra = Renglon("Cuál", maximo=80)

    def validar(self) -> bool:
        """Valida; hay razón y, si es otra, cuál."""
        self.validate()
        if self.razon.data == "otra" and not self.otra.data and not self.otra.errors:
            self.otra.errors = [CUAL]
        return not self.errors

    @property
    def para_que(self) -> str:
        """La razón, como va en la bitácora."""
        return str(self.otra.data if self.razon.data == "otra" else RAZONES[self.razon.data])


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


class FormularioGirar(FormularioCambiar):
    """Otra llave, con la frase que la abrirá; pide la de ahora."""

    nueva = Frase("La frase para la llave nueva", falta="Escriba la frase nueva.", nueva=True)


class FormularioDar(_ConRepetida):
    """Otra titular abre los nombres con su frase: quien ya la abre escribe la suya, y ella la suya."""

    cuenta = Lista("Quién más", (), falta="Elija a quién.")
    actual = Frase("La frase de usted")
    nueva = Frase("La frase de ella", falta="Que ella escriba su frase.", nueva=True)
    repetida = Frase("La frase de ella, otra vez", falta="Que la escriba otra vez, para estar seguras.")

    def poner(self, otras: Mapping[str, str]) -> None:
        """A quiénes se les puede dar: id de cuenta -> nombre."""
        self.cuenta.opciones = dict(otras)
        self.cuenta.choices = {**self.cuenta.vacia, **otras}


class FormularioRecuperar(_ConRepetida):
    """Otra frase, con el código de la hoja."""

    codigo = Renglon(
        "Código de recuperación",
        maximo=200,
        falta="Escriba las doce palabras o los siete grupos de la hoja.",
        revisar=leer_codigo,
        render_kw=TAL_CUAL,
    )
