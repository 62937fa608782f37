"""Un teléfono con ODK Collect, para las pruebas: lo que pide y lo que manda, escrito desde la especificación."""

import io
import xml.etree.ElementTree as ET
from random import Random
from types import SimpleNamespace

from formularios.instrumento import incluidos
from recoleccion.reglas import nuevo_id
from tests.recoleccion.openrosa.instancia import contestada

LISTA = "{http://openrosa.org/xforms/xformsList}"


class Collect:
    """Un teléfono con ODK Collect: lo que manda, escrito desde la especificación."""

    def __init__(self, cliente, id: str, token: str) -> None:
        self.cliente, self.id, self.token, self.azar = cliente, id, token, Random(3)

    def pedir(self, ruta: str, metodo: str = "GET", **opciones):
        cabeceras = {"X-OpenRosa-Version": "1.0", "Date": "Wed, 25 Nov 2026 23:05:00 GMT"}
        return self.cliente.open(f"/openrosa/{self.token}/{ruta}", method=metodo, headers=cabeceras, **opciones)

    def lista(self, ruta: str = "formList") -> dict[str, SimpleNamespace]:
        respuesta = self.pedir(ruta)
        assert respuesta.status_code == 200
        raiz = ET.fromstring(respuesta.data)
        assert raiz.tag == f"{LISTA}xforms"
        campos = [{hijo.tag.removeprefix(LISTA): hijo.text for hijo in xform} for xform in raiz]
        return {c["formID"]: SimpleNamespace(**c) for c in campos}

    def bajar(self, id: str) -> bytes:
        respuesta = self.cliente.get(self.lista()[id].downloadUrl)
        assert respuesta.status_code == 200
        return respuesta.data

    def enviar(self, xml: bytes, **otras):
        partes = {"xml_submission_file": (io.BytesIO(xml), "Plática_2026-11-25_17-05-01.xml", "text/xml"), **otras}
        return self.pedir("submission?deviceID=collect%3Aabc", "POST", data=partes)

    def asistencia(self, clave: str, id: str | None = None, **campos: str) -> bytes:
        forma = self.lista()[f"Asistencia-{clave}"]
        campos = {"sexo": "M", "edad": "30-44", "procedencia": "rancho"} | campos
        return (
            f'<data id="{forma.formID}" version="{forma.version}">'
            + "".join(f"<{campo}>{valor}</{campo}>" for campo, valor in campos.items())
            + f"<meta><instanceID>uuid:{id or nuevo_id(self.azar)}</instanceID></meta></data>"
        ).encode()

    def encuesta(self, clave: str, cual: str, id: str | None = None, ficha: str = "", **campos: str) -> bytes:
        i, forma = incluidos()[cual].para_tema("digital"), f"{cual}-{clave}"
        crudo = {campo: valor.split() for campo, valor in campos.items()}
        return contestada(self.bajar(forma), i, crudo, id or nuevo_id(self.azar), ficha=ficha)
