"""El formulario de quien olvidó su contraseña. Las contraseñas escritas nunca regresan en la página."""

from wtforms import Form

from formularios.campos import Renglon

from .formas_cuentas import ERROR_DISTINTAS, TAL_CUAL, Contrasena

_CIFRAS = {**TAL_CUAL, "inputmode": "numeric"}


class FormularioOlvido(Form):
    """Con un código impreso, otra contraseña. A quien usa el número de la aplicación se le pide también."""

    usuario = Renglon("Usuario", maximo=40, falta="Escriba su usuario.", render_kw=TAL_CUAL)
    codigo = Renglon("Uno de sus códigos impresos", maximo=60, falta="Escriba un código.", render_kw=_CIFRAS)
    numero = Renglon("Número de la aplicación", maximo=20, render_kw=_CIFRAS)
    nueva = Contrasena("Contraseña nueva", falta="Escriba la contraseña nueva.")
    repetida = Contrasena("La nueva, otra vez", falta="Escríbala otra vez, para estar seguros.", nueva=False)

    def validar(self) -> bool:
        self.validate()
        if not self.nueva.errors and not self.repetida.errors and self.repetida.data != self.nueva.data:
            self.repetida.errors = [ERROR_DISTINTAS]
        return not self.errors
