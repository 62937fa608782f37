"""Los formularios de «Derechos ARCO»."""

import re
from datetime import date

from wtforms import Form
from wtforms.widgets import DateInput, NumberInput

from formularios.campos import Lista, Parrafo, Renglon
from formularios.evento import leer_fecha
from recoleccion.impresos.derechos import DERECHOS, RESPUESTAS, VIAS

ERROR_FUTURO = "Ese día todavía no llega. Ponga el día en que se recibió."
FALTA_PIDE = "Escriba qué pide, en pocas palabras."
FALTA_RAZON = "Escriba por qué, en una frase: va en la respuesta."
FALTA_NUEVO = "Escriba el nombre o el teléfono como debe quedar."
FALTA_BUSCAR = "Escriba un nombre, un teléfono de siete números o más, o el folio de la tarjeta."
ERROR_DIAS = "Escriba un número de días entre 1 y 365."


def leer_dias(texto: str) -> str:
    """:raises ValueError: con su frase."""
    if not re.fullmatch(r"[0-9]{1,3}", texto) or not 1 <= int(texto) <= 365:
        raise ValueError(ERROR_DIAS)
    return str(int(texto))


def _dias(etiqueta: str) -> Renglon:
    return Renglon(etiqueta, maximo=3, falta=ERROR_DIAS, revisar=leer_dias, widget=NumberInput(min=1, max=365))


class FormularioSolicitud(Form):
    """Lo que trae quien pide."""

    derecho = Lista("Qué derecho ejerce", tuple(DERECHOS.items()), "Elija qué derecho.")
    via = Lista("Cómo llegó", tuple(VIAS.items()), "Elija cómo llegó.")
    recibida_el = Renglon("Se recibió el", maximo=10, falta="Ponga el día.", revisar=leer_fecha, widget=DateInput())
    nombre = Renglon("Nombre de la persona", maximo=120, falta="Escriba su nombre, como en su identificación.")
    representante = Renglon("Quien la representa, si es otra persona", maximo=120)
    avisar = Renglon("Dónde se le avisa", maximo=160, falta="Escriba un teléfono, un correo o un domicilio.")
    pide = Parrafo("Qué pide", maximo=600)

    def validar(self, hoy: date) -> bool:
        """Valida; no se recibe en un día que no ha llegado, y algo pide."""
        bien = self.validate()
        if not self.recibida_el.errors and self.recibida_el.data > hoy.isoformat():
            self.recibida_el.errors, bien = [ERROR_FUTURO], False
        if not self.pide.errors and not self.pide.data:
            self.pide.errors, bien = [FALTA_PIDE], False
        return bien


class FormularioBusqueda(Form):
    """Con qué se buscan sus registros."""

    nombre = Renglon("Nombre, o parte de él", maximo=120)
    telefono = Renglon("Teléfono", maximo=30)
    folio = Renglon("Folio de su tarjeta", maximo=12)

    def validar(self) -> bool:
        bien = self.validate()
        numeros = re.sub(r"\D", "", self.telefono.data or "")
        if bien and not (self.nombre.data or len(numeros) >= 7 or self.folio.data):
            self.nombre.errors, bien = [FALTA_BUSCAR], False
        return bien


class FormularioRespuesta(Form):
    """Qué se le contestó."""

    respuesta = Lista("La respuesta", tuple(RESPUESTAS.items()), "Elija la respuesta.")
    razon = Parrafo("Por qué, o qué se hizo", maximo=600)

    def validar(self) -> bool:
        """Si no procede todo, se dice por qué."""
        bien = self.validate()
        if bien and self.respuesta.data != "procede" and not self.razon.data:
            self.razon.errors, bien = [FALTA_RAZON], False
        return bien


class FormularioAmpliacion(Form):
    """Más días, con su razón."""

    razon = Renglon("Por qué se necesita más tiempo", maximo=300, falta=FALTA_RAZON)


class FormularioCorreccion(Form):
    """Cómo debe decir."""

    nombre = Renglon("Nombre", maximo=120)
    telefono = Renglon("Teléfono", maximo=30)

    def validar(self) -> bool:
        bien = self.validate()
        if bien and not (self.nombre.data or self.telefono.data):
            self.nombre.errors, bien = [FALTA_NUEVO], False
        return bien


class FormularioPlazos(Form):
    """Los plazos de esta oficina."""

    responder = _dias("Para contestar (días hábiles)")
    ampliar = _dias("Ampliación, una vez (días hábiles)")
    cumplir = _dias("Para hacer lo que procedió (días hábiles)")
    prevenir = _dias("Para pedirle lo que falte (días hábiles)")
    completar = _dias("Para que ella lo traiga (días hábiles)")
    guardar = _dias("Cuánto se conserva quién pidió, ya terminada (días)")
