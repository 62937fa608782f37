"""La rejilla de una hoja de papel, como la llena y la manda quien la pasa."""

from recoleccion.consultas import asistencias
from tests.recoleccion.vistas.llenado import campos_de
from tests.recoleccion.vistas.oficina import Oficina

ANA = {"nombre": "Ana López", "sexo": "M", "edad": "34", "procedencia": "cabecera", "telefono": ""}
LUIS = {"nombre": "luis pérez", "sexo": "H", "edad": "61", "procedencia": "rancho", "telefono": "378 123 4567"}


class Rejilla:
    """La página de una hoja, como la llena y la manda quien la pasa."""

    def __init__(self, oficina: Oficina, evento_id: str, hoja: str = "") -> None:
        self.oficina, self.direccion = oficina, f"/panel/eventos/{evento_id}/papel"
        self.abrir(hoja)

    def abrir(self, hoja: str = "") -> "Rejilla":
        self.respuesta = self.oficina.get(f"{self.direccion}/lista" + (f"?hoja={hoja}" if hoja else ""))
        self.datos = campos_de(self.respuesta.text, "pagina")
        return self

    @property
    def hoja(self) -> str:
        return self.datos["hoja"][0]

    def llenar(self, *renglones: dict) -> "Rejilla":
        for n, renglon in enumerate(renglones):
            for campo, valor in renglon.items():
                self.datos[campo][n] = valor
        return self

    def mandar(self, a: str = "lista", **mas):
        self.respuesta = self.oficina.cliente.post(f"{self.direccion}/{a}", data=self.datos | mas)
        if "data-hoja" in self.respuesta.text:
            self.datos = campos_de(self.respuesta.text, "pagina")
        return self.respuesta


def personas(base, evento_id: str) -> int:
    return asistencias.vivo(base, evento_id)["total"]
