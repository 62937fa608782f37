"""Un informe como hoja de cálculo: las cifras en «Datos» y todo lo demás con fórmulas vivas que salen de ahí.

Quien la recibe cambia un dato o el trimestre y el avance y el semáforo se vuelven a calcular igual que aquí. Sale sólo
de los datos guardados: los mismos datos dan los mismos bytes.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from recoleccion.fechas import fecha_corta
from recoleccion.informes import cuadro

from .libro import Hoja, Libro, celda

RENGLON = 7
"""Donde empieza la primera línea, aquí y en «Datos» (desde cero)."""
TRIMESTRE, VERDE, AMARILLO = "Datos!$B$2", "Datos!$B$3", "Datos!$B$4"
SEMAFORO = cuadro.SEMAFORO
COLORES = {"verde": "#C6E7C8", "amarillo": "#FFE9A8", "rojo": "#F6C4BE"}
SEXOS = ("mujeres", "hombres", "no_especificado")


def informe_xlsx(datos: Mapping[str, Any], huella: str) -> bytes:
    """:param datos: los de :func:`recoleccion.informes.armar.firmado`."""
    libro = Libro(datos["titulo"], datos["hecho_en"])
    pie = f"Huella SHA-256 {huella}"
    if datos["clase"] == "especial":
        _eventos(libro, datos, pie)
        _actividades(libro, datos, pie)
        _encuestas(libro, datos, pie)
    else:
        _lineas(libro, datos, pie)
        _datos(libro, datos, pie)
    _poblacion(libro, datos, pie)
    return libro.cerrar()


def _encabezar(hoja: Hoja, datos: Mapping[str, Any], pie: str) -> None:
    membrete = datos["membrete"]
    hoja.texto(0, 0, ", ".join(filter(None, (membrete.get("oficina"), membrete.get("municipio")))), "suelto")
    hoja.texto(1, 0, datos["titulo"], "titulo")
    hoja.texto(2, 0, cuadro.leyenda_del_corte(datos), "suelto")
    hoja.texto(3, 0, f"Guardado el {fecha_corta(datos['hecho_en'])}. {pie}", "nota")


# --- Las líneas del programa ------------------------------------------------------------------------------------------


def _lineas(libro: Libro, datos: Mapping[str, Any], pie: str) -> None:
    trimestres = datos["trimestres"]
    una = len(trimestres) == 1
    de_trimestres = (
        ["Programado en el trimestre", "Realizado en el trimestre"]
        if una
        else [f"{que} T{t}" for t in trimestres for que in ("Programado", "Realizado")]
    )
    titulos = ["Línea", "Actividad", "Indicador", "Unidad", "Meta anual", *de_trimestres, "Acumulado",
               "Programado acumulado", "% de avance", "Semáforo", "Mujeres", "Hombres", "No especificado", "Total",
               "Grupos de edad", "Localidades atendidas", "Justificación", "Evidencia"]  # fmt: skip
    cifras = len(de_trimestres)
    anchos = [7, 36, 22, 13, 10, *[12] * cifras, 11, 12, 10, 13, 9, 9, 12, 8, 26, 24, 28, 22]
    hoja = libro.hoja("Informe", anchos, pie=pie, cabezas=RENGLON)
    _encabezar(hoja, datos, pie)
    hoja.texto(4, 0, cuadro.leyenda_del_semaforo(datos["umbrales"]), "nota")
    hoja.texto(5, 0, " ".join(cuadro.REGLAS), "nota")
    hoja.cabeza(RENGLON - 1, titulos)
    for lugar, (linea, leido) in enumerate(zip(datos["lineas"], cuadro.renglones(datos), strict=True)):
        _una_linea(hoja, RENGLON + lugar, 5 + cifras, datos, linea, leido)
    fin = RENGLON + len(datos["lineas"]) - 1
    for clave, color in COLORES.items():
        regla = {"type": "cell", "criteria": "==", "value": f'"{SEMAFORO[clave]}"',
                 "format": libro.libro.add_format({"bg_color": color})}  # fmt: skip
        hoja.hoja.conditional_format(RENGLON, 8 + cifras, fin, 8 + cifras, regla)


def _una_linea(
    hoja: Hoja, r: int, despues: int, datos: Mapping[str, Any], linea: Mapping[str, Any], leido: cuadro.Renglon
) -> None:
    """:param despues: la columna que sigue a las de los trimestres."""
    for columna, texto in enumerate((leido.clave, leido.actividad, leido.indicador, leido.unidad)):
        hoja.texto(r, columna, texto)
    if linea["meta_anual"] is None:
        hoja.texto(r, 4, cuadro.SIN_META)
    else:
        hoja.numero(r, 4, linea["meta_anual"])
    programado, realizado = f"Datos!$B{r + 1}:$E{r + 1}", f"Datos!$F{r + 1}:$I{r + 1}"
    for i, t in enumerate(datos["trimestres"]):
        cual = TRIMESTRE if len(datos["trimestres"]) == 1 else str(t)
        uno, otro = f"INDEX({programado},1,{cual})", f"INDEX({realizado},1,{cual})"
        hoja.formula(r, 5 + 2 * i, f'IF({uno}="","",{uno})', linea["programado"][t - 1])
        hoja.formula(r, 6 + 2 * i, otro, linea["realizado"][t - 1])
    meta, acumulado, de, avance = (celda(r, c) for c in (4, despues, despues + 1, despues + 2))
    hoja.formula(r, despues, _suma_hasta(realizado), linea["acumulado"])
    sin_trimestres = f"COUNT({programado})=0"
    hoja.formula(r, despues + 1, f'IF({sin_trimestres},"",{_suma_hasta(programado)})', linea["programado_acumulado"])
    hoja.formula(
        r,
        despues + 2,
        f'IF({de}="",IF(N({meta})=0,"",ROUNDDOWN(ROUND({acumulado}/{meta},8),3)),'
        f'IF({de}=0,"",ROUNDDOWN(ROUND({acumulado}/{de},8),3)))',
        None if linea["porcentaje"] is None else linea["porcentaje"] / 100,
        "porciento",
    )
    hoja.formula(
        r,
        despues + 3,
        f'IF({avance}="",IF(AND({sin_trimestres},NOT(ISNUMBER({meta}))),"{SEMAFORO["sin_meta"]}",'
        f'"{SEMAFORO["sin_programar"]}"),IF(AND({de}="",{TRIMESTRE}<4),"{SEMAFORO["al_cierre"]}",'
        f'IF(ROUND({avance}*100,1)>={VERDE},"{SEMAFORO["verde"]}",'
        f'IF(ROUND({avance}*100,1)>={AMARILLO},"{SEMAFORO["amarillo"]}","{SEMAFORO["rojo"]}"))))',
        leido.palabra,
        "palabra",
    )
    _gente(hoja, r, despues + 4, linea["poblacion"])
    for i, texto in enumerate((leido.edades, leido.localidades, leido.justificacion, leido.evidencia)):
        hoja.texto(r, despues + 8 + i, texto)


def _suma_hasta(rango: str) -> str:
    primera = rango.partition(":")[0]
    return f"SUM({primera}:INDEX({rango},1,{TRIMESTRE}))"


def _gente(hoja: Hoja, r: int, columna: int, gente: Mapping[str, Any]) -> None:
    if gente["mujeres"] is None:
        for i in range(3):
            hoja.texto(r, columna + i, "*")
        hoja.numero(r, columna + 3, gente["total"], "entero")
        return
    for i, sexo in enumerate(SEXOS):
        hoja.numero(r, columna + i, gente[sexo], "entero")
    hoja.formula(r, columna + 3, f"SUM({celda(r, columna)}:{celda(r, columna + 2)})", gente["total"])


def _datos(libro: Libro, datos: Mapping[str, Any], pie: str) -> None:
    """Lo que se puede cambiar: trimestre, umbrales, programado y realizado."""
    hoja = libro.hoja("Datos", [20, *[12] * 8], pie=pie, cabezas=RENGLON)
    hoja.texto(0, 0, "De aquí salen las fórmulas de la hoja «Informe».", "nota")
    verde, amarillo = datos["umbrales"]
    for r, (que, valor) in enumerate(
        (("Trimestre", datos["trimestres"][-1]), ("Verde desde (%)", verde), ("Amarillo desde (%)", amarillo)), start=1
    ):
        hoja.texto(r, 0, que)
        hoja.numero(r, 1, valor, "entero")
    hoja.cabeza(RENGLON - 1, ["Línea", *(f"{que} T{t}" for que in ("Programado", "Realizado") for t in (1, 2, 3, 4))])
    for lugar, linea in enumerate(datos["lineas"]):
        hoja.texto(RENGLON + lugar, 0, linea["clave"])
        for i, valor in enumerate([*linea["programado"], *linea["realizado"]]):
            hoja.numero(RENGLON + lugar, 1 + i, valor)


# --- Lo que llevan todos, y los especiales ----------------------------------------------------------------------------


def _poblacion(libro: Libro, datos: Mapping[str, Any], pie: str) -> None:
    hoja = libro.hoja("Población", [26, 11, 11, 16, 11, 4, 34, 11, 13], pie=pie)
    hoja.texto(0, 0, "Población atendida en eventos, por edad y sexo (asistencias; cada evento una vez)", "titulo")
    hoja.cabeza(2, ["Grupo de edad", "Mujeres", "Hombres", "No especificado", "Total"])
    etiquetas, gente = dict(datos["edades"]), datos["poblacion"]
    primero = 3
    for r, (clave, *cuentas) in enumerate(gente["edades"], start=primero):
        hoja.texto(r, 0, etiquetas[clave])
        for i, n in enumerate(cuentas):
            hoja.numero(r, 1 + i, n, "entero")
        hoja.formula(r, 4, f"SUM({celda(r, 1)}:{celda(r, 3)})", sum(cuentas))
    ultimo = primero + len(gente["edades"])
    hoja.texto(ultimo, 0, "Total", "total")
    for i, que in enumerate((*SEXOS, "total")):
        hoja.formula(ultimo, 1 + i, f"SUM({celda(primero, 1 + i)}:{celda(ultimo - 1, 1 + i)})", gente[que], "total")
    for i, titulo in enumerate(("Localidad del evento", "Eventos", "Asistencias")):
        hoja.texto(2, 6 + i, titulo, "cabeza")
    for r, fila in enumerate(datos["localidades"], start=3):
        hoja.texto(r, 6, fila["localidad"])
        hoja.numero(r, 7, fila["eventos"], "entero")
        hoja.numero(r, 8, fila["asistencias"], "entero")


def _eventos(libro: Libro, datos: Mapping[str, Any], pie: str) -> None:
    textos = ("titulo", "tipo", "tema", "sede", "localidad")
    titulos = ["Fecha", "Evento", "Tipo", "Tema", "Sede", "Localidad", "Mujeres", "Hombres", "No especificado", "Total"]
    hoja = libro.hoja("Eventos", [12, 44, 18, 22, 26, 24, 10, 10, 14, 10], pie=pie, cabezas=RENGLON)
    _encabezar(hoja, datos, pie)
    hoja.cabeza(RENGLON - 1, titulos)
    for r, evento in enumerate(datos["eventos"], start=RENGLON):
        hoja.texto(r, 0, fecha_corta(evento["fecha"]))
        for i, que in enumerate(textos, start=1):
            hoja.texto(r, i, evento[que])
        _gente(hoja, r, 6, evento)
    fin = RENGLON + len(datos["eventos"])
    hoja.texto(fin, 0, "Total", "total")
    for i, que in enumerate((*SEXOS, "total")):
        suma = f"SUM({celda(RENGLON, 6 + i)}:{celda(fin - 1, 6 + i)})" if datos["eventos"] else "0"
        hoja.formula(fin, 6 + i, suma, datos["poblacion"][que], "total")


def _actividades(libro: Libro, datos: Mapping[str, Any], pie: str) -> None:
    filas = [
        (fecha_corta(a["fecha"]), a["linea"], a["tipo"], a["cantidad"], a["alcance"] or 0) for a in datos["actividades"]
    ]
    _sencilla(libro, "Actividades", ["Fecha", "Línea", "Actividad", "Cantidad", "Alcance en redes"], filas, pie)


def _encuestas(libro: Libro, datos: Mapping[str, Any], pie: str) -> None:
    filas = [(c["titulo"], c["eventos"], c["contestaciones"], c["aciertos"] or "—") for c in datos["encuestas"]]
    titulos = ["Encuesta", "Eventos con 10 o más", "Contestaciones", "Aciertos en promedio"]
    _sencilla(libro, "Encuestas", titulos, filas, pie)


def _sencilla(libro: Libro, nombre: str, titulos: Sequence[str], filas: Sequence[Sequence[Any]], pie: str) -> None:
    hoja = libro.hoja(nombre, [30] * len(titulos), pie=pie, cabezas=1)
    hoja.cabeza(0, titulos)
    for r, fila in enumerate(filas, start=1):
        for c, valor in enumerate(fila):
            if isinstance(valor, str):
                hoja.texto(r, c, valor)
            else:
                hoja.numero(r, c, valor)
