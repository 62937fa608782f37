"""Las localidades de un municipio, del archivo que da el INEGI: el catálogo AGEEML o la tabla ITER del censo.

Se lee lo que de veras baja la gente: comprimido o no, con comas o tabuladores, en UTF-8 o en Windows, con ceros comidos
por la hoja de cálculo y notas al pie. Columnas: ``CVE_ENT, CVE_MUN, CVE_LOC, NOM_LOC, POB_TOTAL`` y ``CVEGEO`` (antes
``MAPA``) en AGEEML; ``ENTIDAD, MUN, LOC, NOM_LOC, POBTOT`` en ITER. Puro.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from formularios.hoja_catalogo import Hoja, agregar, cambiar, llano, nueva_clave
from formularios.texto import en_una_linea

MAXIMO = 64_000_000
"""Bytes, ya descomprimidos. El catálogo de todo el país pesa menos."""
CABECERA = "0001"
_CLAVES = (("cveent", "cvemun", "cveloc"), ("entidad", "mun", "loc"))
_JUNTAS = ("cvegeo", "mapa")
_POBLACION = ("pobtotal", "pobtot")
_NO_SON = frozenset({"0000", "9998", "9999"})
"""En ITER, el total del municipio y lo que junta a las localidades de una y de dos viviendas."""
_RENGLONES_DE_ENCABEZADO = 10
_DOS_VECES = re.compile("[ÃÂ][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_DE_DOS = re.compile("[\u00a0¡¢£¤‚]")


class ErrorLocalidades(ValueError):
    """Un archivo del que no salen localidades; el mensaje dice qué pasó y qué hacer."""


@dataclass(frozen=True)
class Localidad:
    """``clave``: cuatro cifras. ``poblacion``: ``None`` si el archivo no la dice."""

    clave: str
    nombre: str
    poblacion: int | None


@dataclass(frozen=True)
class Lectura:
    """Lo leído de un municipio; la cabecera primero y las demás por nombre."""

    municipio: str
    nombre: str
    localidades: tuple[Localidad, ...]
    avisos: tuple[str, ...]

    def desde(self, minimo: int) -> tuple[Localidad, ...]:
        """Las de ``minimo`` habitantes o más, las que no dicen cuántos, y siempre la cabecera."""
        return tuple(
            uno for uno in self.localidades if uno.clave == CABECERA or uno.poblacion is None or uno.poblacion >= minimo
        )


def es_municipio(clave: str) -> bool:
    """Cinco cifras: dos de la entidad, de 01 a 32, y tres del municipio."""
    return re.fullmatch("[0-9]{5}", clave) is not None and 1 <= int(clave[:2]) <= 32 and clave[2:] != "000"


def leer(nombre: str, contenido: bytes, municipio: str) -> Lectura:
    """Las localidades de un municipio (cinco cifras). :raises ErrorLocalidades: con su frase."""
    problema: ErrorLocalidades | None = None
    for crudo in _archivos(nombre, contenido):
        try:
            return _leer(crudo, municipio)
        except ErrorLocalidades as error:
            problema = problema or error
    raise problema or ErrorLocalidades("Adentro del .zip no hay ningún CSV. Baje el archivo otra vez, en CSV.")


def combinar(hoja: Hoja, localidades: Sequence[Localidad], municipio: str, zonas: Mapping[str, str],
             usadas: frozenset[str]) -> Hoja:  # fmt: skip
    """El catálogo de localidades con las leídas: las que ya estaban conservan su clave y su texto.

    :param zonas: a qué zona va cada clave de cuatro cifras.
    :param usadas: claves del catálogo escritas en la base, que no se vuelven a dar.
    """
    ya_estan = {fila.get("cvegeo", ""): fila["clave"] for fila in hoja.filas}
    for una in localidades:
        geo = f"{municipio}{una.clave}"
        datos = {"cvegeo": geo, "zona": zonas.get(una.clave, ""), "poblacion": _cifra(una.poblacion)}
        if geo in ya_estan:
            hoja = cambiar(hoja, ya_estan[geo], datos)
            continue
        etiqueta = f"{una.nombre} ({una.clave})" if hoja.repetida(una.nombre) else una.nombre
        ocupadas = {fila["clave"] for fila in hoja.filas} | usadas
        hoja = agregar(hoja, nueva_clave(una.nombre, ocupadas, "localidad"), {"etiqueta": etiqueta, **datos})
    return _en_orden(hoja)


def repartir(zonas: Hoja, localidades: Hoja) -> Hoja:
    """La columna ``localidades`` de las zonas, según la zona de cada localidad; de ahí sale su población.

    Con una sola zona fuera de la cabecera se deja vacía: le tocan todas las demás, también las que no se cargaron.
    """
    fuera = [fila for fila in zonas.filas if fila["clave"] != "cabecera"]
    for zona in fuera:
        suyas = sorted(
            fila["cvegeo"][-4:]
            for fila in localidades.filas
            if fila.get("zona") == zona["clave"] and fila.get("cvegeo")
        )
        escritas = " ".join(suyas) if len(fuera) > 1 else ""
        if escritas != zona.get("localidades", ""):
            zonas = cambiar(zonas, zona["clave"], {"localidades": escritas})
    return zonas


def _en_orden(hoja: Hoja) -> Hoja:
    """La cabecera, las demás localidades por nombre y al final lo que no es una localidad («Otro municipio»)."""

    def lugar(fila: Mapping[str, str]) -> tuple[bool, bool, str]:
        geo = fila.get("cvegeo", "")
        return not geo, not geo.endswith(CABECERA), llano(fila["etiqueta"]) if geo else ""

    return Hoja(
        hoja.catalogo, hoja.columnas, tuple(sorted(hoja.filas, key=lugar)), hoja.separador, hoja.marca, hoja.huella
    )


def _cifra(poblacion: int | None) -> str:
    return "" if poblacion is None else str(poblacion)


def _archivos(nombre: str, contenido: bytes) -> Iterator[bytes]:
    """El CSV, o los que trae el .zip, sin pasar de :data:`MAXIMO` entre todos."""
    if not contenido.startswith(b"PK"):
        if len(contenido) > MAXIMO:
            raise ErrorLocalidades(_muy_grande())
        yield contenido
        return
    try:
        with zipfile.ZipFile(io.BytesIO(contenido)) as paquete:
            nombres = [info.filename for info in paquete.infolist()]
            if "[Content_Types].xml" in nombres:
                raise ErrorLocalidades(
                    f"«{nombre}» es una hoja de cálculo. Guárdela como «CSV UTF-8», o baje del INEGI el archivo CSV."
                )
            queda = MAXIMO
            for uno in sorted(nombres, key=lambda n: "utf" not in n.casefold()):
                if not uno.casefold().endswith((".csv", ".txt")):
                    continue
                with paquete.open(uno) as adentro:
                    crudo = adentro.read(queda + 1)
                queda -= len(crudo)
                if queda < 0:
                    raise ErrorLocalidades(_muy_grande())
                yield crudo
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError):
        raise ErrorLocalidades(f"«{nombre}» está dañado o tiene contraseña. Bájelo otra vez del INEGI.") from None


def _muy_grande() -> str:
    return f"El archivo pesa más de {MAXIMO // 1_000_000} MB. Baje el de su estado, no el de todo el país."


def _leer(crudo: bytes, municipio: str) -> Lectura:
    texto, de_windows = _decodificar(crudo)
    columnas, renglones = _tabla(texto)
    vistos: dict[str, str] = {}
    halladas: dict[str, Localidad] = {}
    nombre, repetidas, reparadas = "", [], 0
    for fila in renglones:
        claves = _claves(columnas, fila)
        if claves is None:
            continue  # una nota al pie o un renglón en blanco
        suyo, clave = claves
        if suyo != municipio:
            vistos.setdefault(suyo, _de(columnas, fila, "nommun"))
            continue
        nombre = nombre or en_una_linea(_reparar(_de(columnas, fila, "nommun"), de_windows))
        if clave in _NO_SON:
            continue
        escrito = _de(columnas, fila, "nomloc")
        bien = en_una_linea(_reparar(escrito, de_windows))
        reparadas += bien != en_una_linea(escrito)
        if clave in halladas:
            repetidas.append(clave)
        elif bien:
            halladas[clave] = Localidad(clave, bien, _poblacion(columnas, fila))
    _exigir(halladas, vistos, municipio)
    avisos = []
    if reparadas:
        avisos.append(f"Había acentos mal guardados y se arreglaron, en {reparadas} de los nombres: revíselos.")
    if repetidas:
        avisos.append(f"Venían repetidas y se tomó la primera: {', '.join(repetidas[:5])}.")
    if CABECERA not in halladas:
        avisos.append("El archivo no trae la cabecera (0001).")
    en_orden = sorted(halladas.values(), key=lambda una: (una.clave != CABECERA, llano(una.nombre), una.clave))
    return Lectura(municipio, nombre, tuple(en_orden), tuple(avisos))


def _exigir(halladas: Mapping[str, Localidad], vistos: Mapping[str, str], municipio: str) -> None:
    if not halladas:
        otros = ", ".join(f"{clave} {nombre}".strip() for clave, nombre in sorted(vistos.items())[:3])
        raise ErrorLocalidades(
            f"El archivo no trae localidades del municipio {municipio}"
            + (f"; trae de {otros}{'…' if len(vistos) > 3 else ''}. " if vistos else ". ")
            + f"Baje el de la entidad {municipio[:2]}, o revise la clave de su municipio en «Ajustes»."
        )
    perdidas = [una.clave for una in halladas.values() if "\ufffd" in una.nombre]
    if perdidas:
        raise ErrorLocalidades(
            f"Hay nombres con letras perdidas (localidades {', '.join(perdidas[:5])}): alguien guardó el archivo sin "
            "sus acentos. Bájelo otra vez del INEGI y súbalo sin abrirlo."
        )


def _decodificar(crudo: bytes) -> tuple[str, bool]:
    """El texto, y si no era Unicode y se leyó como de Windows."""
    if crudo[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return crudo.decode("utf-16", errors="replace"), False
    if b"\x00" in crudo[:4096] or crudo.startswith((b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise ErrorLocalidades("Ese archivo no es un CSV. Baje del INEGI el archivo CSV y súbalo sin abrirlo.")
    try:
        return crudo.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        return crudo.decode("cp1252", errors="replace"), True


def _tabla(texto: str) -> tuple[dict[str, int], Iterator[list[str]]]:
    """Dónde está cada columna y los renglones que siguen al encabezado."""
    lineas = texto.splitlines(keepends=True)
    for numero, linea in enumerate(lineas[:_RENGLONES_DE_ENCABEZADO]):
        separador = max(",;\t|", key=linea.count)
        nombres = next(csv.reader([linea], delimiter=separador), [])
        columnas = {re.sub("[^a-z0-9]", "", llano(nombre)): lugar for lugar, nombre in enumerate(nombres)}
        if "nomloc" in columnas and any(set(claves) <= set(columnas) for claves in (*_CLAVES, *zip(_JUNTAS))):
            return columnas, _renglones(lineas[numero + 1 :], separador)
        if "nommun" in columnas and "cvemun" in columnas:
            raise ErrorLocalidades(
                "Ese archivo trae municipios, no localidades. Baje del INEGI el catálogo de localidades (AGEEML)."
            )
    raise ErrorLocalidades(
        "Ese archivo no trae localidades del INEGI: se buscan las columnas CVE_ENT, CVE_MUN, CVE_LOC y NOM_LOC "
        "(AGEEML) o ENTIDAD, MUN, LOC y NOM_LOC (ITER). Súbalo como se baja, sin cambiarle los títulos."
    )


def _renglones(lineas: Sequence[str], separador: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(lineas, delimiter=separador)
    except csv.Error:
        raise ErrorLocalidades(
            "El archivo está cortado o tiene comillas sin cerrar. Bájelo otra vez del INEGI y súbalo sin abrirlo."
        ) from None


def _claves(columnas: Mapping[str, int], fila: Sequence[str]) -> tuple[str, str] | None:
    """(municipio, localidad) de un renglón, con los ceros que la hoja de cálculo se haya comido."""
    for nombres in _CLAVES:
        if set(nombres) <= set(columnas):
            partes = [_de(columnas, fila, nombre) for nombre in nombres]
            if all(parte.isascii() and parte.isdigit() and len(parte) < 5 for parte in partes):
                return f"{int(partes[0]):02d}{int(partes[1]):03d}", f"{int(partes[2]):04d}"
            return None
    junta = next((_de(columnas, fila, nombre) for nombre in _JUNTAS if nombre in columnas), "")
    if not re.fullmatch("[0-9]{8,9}", junta):
        return None
    return junta.zfill(9)[:5], junta[-4:]


def _poblacion(columnas: Mapping[str, int], fila: Sequence[str]) -> int | None:
    escrita = next((_de(columnas, fila, nombre) for nombre in _POBLACION if nombre in columnas), "")
    cifra = re.sub("[, ]", "", escrita)
    return int(cifra) if cifra.isascii() and cifra.isdigit() and len(cifra) < 9 else None


def _de(columnas: Mapping[str, int], fila: Sequence[str], nombre: str) -> str:
    lugar = columnas.get(nombre, -1)
    return fila[lugar].strip().strip("'") if 0 <= lugar < len(fila) else ""


def _reparar(nombre: str, de_windows: bool) -> str:
    """Los acentos de un texto UTF-8 o de DOS que alguien abrió como si fuera de Windows."""
    era = "utf-8" if _DOS_VECES.search(nombre) else "cp850" if de_windows and _DE_DOS.search(nombre) else None
    try:
        return nombre.encode("cp1252").decode(era) if era else nombre
    except UnicodeError:
        return nombre
