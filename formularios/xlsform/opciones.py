"""La hoja ``choices`` y los archivos CSV de ``select_one_from_file``: listas de opciones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from formularios.instrumento import Lista, Mapa, Opcion
from formularios.invariantes import normal
from formularios.xlsform.ajustes import SI_O_NO
from formularios.xlsform.lectura import BYTES, Fila, filas_de_csv, texto_de
from formularios.xlsform.neutro import leida
from formularios.xlsform.pagina import Pagina
from formularios.xlsform.reporte import ErrorLectura


@dataclass
class ListaLeida:
    """Las opciones de una lista y la fila de cada una."""

    opciones: list[Opcion] = field(default_factory=list)
    filas: dict[str, Fila] = field(default_factory=dict)


def leer(pagina: Pagina, idiomas: Sequence[str]) -> dict[str, ListaLeida]:
    listas: dict[str, ListaLeida] = {}
    for fila in pagina.filas:
        nombre, clave = pagina.texto(fila, "lista"), pagina.texto(fila, "clave")
        pagina.rechazadas(fila)
        if nombre is None or clave is None:
            if nombre is not None or clave is not None:
                falta = "lista" if nombre is None else "clave"
                columna = "list_name" if nombre is None else "name"
                pagina.problema(fila, falta, f"A la opción le falta {columna}.", "Escríbalo, o borre la fila.")
            continue
        lista = listas.setdefault(nombre, ListaLeida())
        if clave in lista.filas:
            frase = f"La opción «{clave}» ya está en la lista «{nombre}», en la fila {lista.filas[clave].numero}."
            pagina.problema(fila, "clave", frase, "Póngale otro name, o borre una de las dos.")
            continue
        lista.filas[clave] = fila
        lista.opciones.append(_opcion(pagina, fila, clave, idiomas))
    return listas


def _opcion(pagina: Pagina, fila: Fila, clave: str, idiomas: Sequence[str]) -> Opcion:
    texto = pagina.texto(fila, "texto")
    if texto is None:
        pagina.problema(fila, "texto", f"La opción «{clave}» no tiene texto.", "Escríbalo en la columna label.")
    exclusiva = (pagina.texto(fila, "exclusiva") or "no").lower()
    if exclusiva not in SI_O_NO:
        pagina.problema(fila, "exclusiva", f"«{exclusiva}» no se entiende aquí.", "Escriba si o no.")
    return Opcion(
        clave,
        texto or clave,
        SI_O_NO.get(exclusiva, False),
        Mapa(pagina.datos(fila)),
        Mapa({i: Mapa(t) for i, t in pagina.traducciones(fila, ["texto"], idiomas).items()}),
    )


def de_archivo(archivo: str, adjuntos: Mapping[str, bytes], valor: str, etiqueta: str) -> Lista | str:
    """La lista de un CSV adjunto, o la frase de lo que le pasa.

    :param valor, etiqueta: los nombres de sus columnas de clave y de texto.
    """
    if archivo not in adjuntos:
        return f"Falta el archivo «{archivo}» con las opciones"
    if len(adjuntos[archivo]) > BYTES:
        return f"El archivo «{archivo}» pesa más de {BYTES // 1_000_000} MB"
    try:
        filas = [fila for fila in filas_de_csv(texto_de(adjuntos[archivo])[0]) if any(celda.strip() for celda in fila)]
    except ErrorLectura as error:
        return f"El archivo «{archivo}»: {error.que_pasa}"
    encabezado = [normal(celda) for celda in filas[0]] if filas else []
    if valor not in encabezado or etiqueta not in encabezado:
        return f"El archivo «{archivo}» no tiene las columnas «{valor}» y «{etiqueta}»"
    opciones = []
    for numero, fila in enumerate(filas[1:], start=2):
        celdas = {
            columna: leida("label", normal(celda)) for columna, celda in zip(encabezado, fila, strict=False) if columna
        }
        clave, texto = celdas.pop(valor, ""), celdas.pop(etiqueta, "")
        if not clave or not texto:
            return f"El archivo «{archivo}», fila {numero}: falta «{valor}» o «{etiqueta}»"
        opciones.append(Opcion(clave, texto, datos=Mapa({c: v for c, v in celdas.items() if v})))
    if not opciones:
        return f"El archivo «{archivo}» no tiene opciones"
    return Lista(archivo, tuple(opciones))
