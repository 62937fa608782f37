"""Una encuesta lista para llevársela: su hoja o, si usa opciones de archivos, un ``.zip`` con todo."""

import io
import zipfile
from typing import Literal

from formularios.instrumento import Instrumento
from formularios.xlsform.exportar import adjuntos, exportar

Formato = Literal["xlsx", "csv"]


def empacar(instrumento: Instrumento, formato: Formato) -> tuple[str, bytes]:
    """La extensión y el contenido de un solo archivo que, al importarse, da la misma huella."""
    contenido, otros = exportar(instrumento, formato), adjuntos(instrumento)
    if not otros:
        return formato, contenido
    junto = io.BytesIO()
    with zipfile.ZipFile(junto, "w", zipfile.ZIP_DEFLATED) as archivo:
        for parte, datos in {f"{instrumento.clave}.{formato}": contenido, **otros}.items():
            archivo.writestr(parte, datos)
    return "zip", junto.getvalue()
