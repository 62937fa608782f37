"""``importar``: de un archivo a un instrumento, o a la lista de lo que hay que arreglar. Nunca falla."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace

from formularios.xlsform import lectura
from formularios.xlsform.compilar import Compilador
from formularios.xlsform.pagina import Anotaciones
from formularios.xlsform.reporte import ErrorLectura, Resultado
from formularios.xlsform.segunda import segunda_opinion

EXTENSIONES = (".xlsx", ".xls", ".csv", ".md")


def importar(nombre_archivo: str, contenido: bytes, adjuntos: Mapping[str, bytes] | None = None) -> Resultado:
    """Lee un XLSForm ``.xlsx``, ``.xls`` o ``.csv`` (o una tabla ``.md``), o un ``.zip`` con uno de ellos y sus listas.

    :param adjuntos: los CSV de ``select_one_from_file``, por su nombre.
    """
    try:
        nombre_archivo, contenido, del_zip = _desempacar(nombre_archivo, contenido)
        libro = lectura.leer(nombre_archivo, contenido)
    except ErrorLectura as error:
        return Resultado(None, (error.problema,), ())
    todos = {**del_zip, **(adjuntos or {})}
    resultado = _compilar(libro, nombre_archivo, todos, quitar=False)
    if not any(problema.se_quita for problema in resultado.problemas):
        return resultado
    recortado = _compilar(libro, nombre_archivo, todos, quitar=True)
    if recortado.instrumento is not None:
        return replace(resultado, recortada=recortado)
    # Lo que se ve ya sin eso también hay que arreglarlo: se dice de una vez.
    demas = (problema for problema in recortado.problemas if problema.fila is not None)
    return replace(resultado, problemas=tuple(dict.fromkeys((*resultado.problemas, *demas))))


def _compilar(libro: lectura.Libro, nombre: str, adjuntos: Mapping[str, bytes], *, quitar: bool) -> Resultado:
    compilador = Compilador(libro, nombre, adjuntos, Anotaciones(quitar))
    instrumento = compilador.compilar()
    notas = compilador.notas
    if instrumento is not None:
        notas.problemas += segunda_opinion(libro)
    avisos = tuple(dict.fromkeys((*libro.avisos, *notas.avisos)))
    if notas.problemas or instrumento is None:
        return Resultado(None, tuple(dict.fromkeys(notas.problemas)), avisos)
    return Resultado(instrumento, (), avisos)


def _desempacar(nombre: str, contenido: bytes) -> tuple[str, bytes, dict[str, bytes]]:
    """Un ``.zip`` con la encuesta y los CSV que usa; lo que no lo es queda igual. :raises ErrorLectura:"""
    if not nombre.lower().endswith(".zip"):
        return nombre, contenido, {}
    try:
        with zipfile.ZipFile(io.BytesIO(contenido)) as archivo:
            dentro = [parte for parte in archivo.infolist() if not parte.is_dir() and "__MACOSX" not in parte.filename]
            if len(dentro) > 20 or any(parte.file_size > lectura.BYTES for parte in dentro):
                raise ErrorLectura("El .zip trae demasiado.", "Deje la encuesta y los CSV que usa, hasta 20 archivos.")
            partes = {parte.filename.rsplit("/", 1)[-1]: archivo.read(parte) for parte in dentro}
    except lectura.ZIP_DANADO:
        raise ErrorLectura("El .zip está dañado o tiene contraseña.", "Hágalo de nuevo, sin contraseña.") from None
    libros = [parte for parte in partes if parte.lower().endswith((".xlsx", ".xls"))]
    encuestas = libros or [
        p
        for p in partes
        if p.lower().endswith(".csv")
        and partes[p].lstrip(b'\xef\xbb\xbf" \r\n')[:6].lower() in (b"survey", b"settin", b"choice")
    ]
    if len(encuestas) != 1:
        raise ErrorLectura(
            "El .zip debe traer una encuesta.", "Ponga un .xlsx, un .xls o un .csv de XLSForm, y sus listas."
        )
    return encuestas[0], partes.pop(encuestas[0]), partes
