"""Los formularios cortos del panel. El del evento vive en ``formularios.evento``."""

import re
from datetime import date
from urllib.parse import urlsplit

from wtforms import BooleanField, Form
from wtforms.widgets import DateInput, NumberInput

from formularios.campos import Lista, Parrafo, Renglon
from formularios.evento import leer_fecha
from formularios.localidades import es_municipio

MAXIMO_IMPRESION = 500
ERROR_CUANTAS = f"Escriba un número entre 1 y {MAXIMO_IMPRESION}."
ERROR_TELEFONO = "Escriba sólo números y espacios, por ejemplo 800 911 2000."
ERROR_FUTURO = "Esa fecha todavía no llega. Ponga el día en que marcó y le contestaron."
ERROR_HOST = "Escriba una dirección como https://registro.ejemplo.mx, sin nada después del nombre."
BUSCADORES = (("no", "Que no muestren el portal de datos"), ("si", "Que sí lo muestren"))
MODOS = (("prueba", "De prueba"), ("produccion", "En producción"), ("demo", "Demostración"))
FALTA_CONVENIO = "Diga cuál convenio es, o borre la fecha en que vence."
ERROR_INEGI = "Son cinco números: dos del estado y tres del municipio, como 14111."
FALTA_AVISO = "Este texto no puede quedar vacío."


def leer_cuantas(texto: str) -> str:
    """:raises ValueError: si no es un entero de 1 a :data:`MAXIMO_IMPRESION`."""
    if not re.fullmatch(r"[0-9]{1,6}", texto) or not 1 <= int(texto) <= MAXIMO_IMPRESION:
        raise ValueError(ERROR_CUANTAS)
    return str(int(texto))


def leer_telefono(texto: str) -> str:
    """:raises ValueError: si trae algo más que números y espacios."""
    if not re.fullmatch(r"[0-9][0-9 ]*", texto):
        raise ValueError(ERROR_TELEFONO)
    return texto


def leer_host(texto: str) -> str:
    """La dirección pública con su esquema y sin diagonal final; sin esquema se entiende ``https``.

    :raises ValueError: con su frase.
    """
    entera = texto if "://" in texto else f"https://{texto}"
    try:
        partes = urlsplit(entera)
        _ = partes.port
    except ValueError:
        raise ValueError(ERROR_HOST) from None
    bien = partes.scheme in ("http", "https") and re.fullmatch(r"[A-Za-z0-9.\-]+(:[0-9]+)?", partes.netloc)
    if not bien or partes.path not in ("", "/") or partes.query or partes.fragment:
        raise ValueError(ERROR_HOST)
    return f"{partes.scheme}://{partes.netloc.lower()}"


def leer_clave_inegi(texto: str) -> str:
    """:raises ValueError: si no es la de un municipio."""
    if not es_municipio(texto):
        raise ValueError(ERROR_INEGI)
    return texto


class FormularioImpresion(Form):
    """Cuántas tarjetas imprimir."""

    cuantas = Renglon(
        "¿Cuántas?",
        maximo=6,
        falta=ERROR_CUANTAS,
        revisar=leer_cuantas,
        widget=NumberInput(min=1, max=MAXIMO_IMPRESION),
    )


class FormularioInstitucion(Form):
    """Un renglón del directorio."""

    nombre = Renglon("Nombre", maximo=80, falta="Escriba el nombre de la institución o la línea.")
    servicio = Renglon("Qué ofrece", maximo=120, falta="Escriba en una frase en qué ayuda.")
    telefono = Renglon("Teléfono", maximo=20, falta="Escriba el teléfono.", revisar=leer_telefono)
    horario = Renglon("Horario", maximo=80)
    domicilio = Renglon("Domicilio", maximo=140)
    convenio = Renglon("Convenio", maximo=140)
    convenio_hasta = Renglon("El convenio vence el", maximo=10, revisar=leer_fecha, widget=DateInput())
    propia = BooleanField("Es el teléfono de nuestra oficina")
    en_ayuda = BooleanField("Aparece en las pantallas de ayuda", default=True)
    verificado_el = Renglon("Verificado el", maximo=10, revisar=leer_fecha, widget=DateInput())

    def validar(self, hoy: date) -> bool:
        """Valida; la verificación no puede ser de un día que no ha llegado."""
        bien = self.validate()
        if not self.verificado_el.errors and (self.verificado_el.data or "") > hoy.isoformat():
            self.verificado_el.errors = [ERROR_FUTURO]
            return False
        if not self.convenio.errors and self.convenio_hasta.data and not self.convenio.data:
            self.convenio.errors = [FALTA_CONVENIO]
            return False
        return bien


class FormularioAviso(Form):
    """Los tres textos del aviso de privacidad."""

    simplificado = Parrafo("Corto: lo que se lee en la pantalla antes de empezar", maximo=1500)
    integral = Parrafo("Completo: a un toque del corto", maximo=20000)
    leido = Parrafo("Para leer en voz alta, unos 20 segundos", maximo=600)

    def validar(self) -> bool:
        """Valida; ninguno puede quedar vacío."""
        bien = self.validate()
        for campo in self:
            if not campo.errors and not campo.data:
                campo.errors = [FALTA_AVISO]
                bien = False
        return bien


SEGUNDO = (("no", "Cada quien decide"), ("si", "La titular y quien administra lo necesitan"))


class FormularioAjustes(Form):
    """Los ajustes de la oficina."""

    oficina = Renglon("Nombre de la oficina", maximo=80, falta="Escriba el nombre de la oficina.")
    municipio = Renglon("Municipio", maximo=80, falta="Escriba el municipio.")
    clave_inegi = Renglon("Clave del INEGI", maximo=5, revisar=leer_clave_inegi)
    host_publico = Renglon(
        "Dirección del sitio", maximo=120, falta="Escriba la dirección que va en los carteles.", revisar=leer_host
    )
    modo = Lista("Cómo se está usando", MODOS, "Elija una opción de la lista.")
    buscadores = Lista("Google y otros buscadores", BUSCADORES, "Elija una opción.", filters=[lambda v: v or "no"])
    segundo = Lista("Segundo paso al entrar", SEGUNDO, "Elija una opción.", filters=[lambda v: v or "no"])
