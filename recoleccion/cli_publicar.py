"""``jornada publicar``: cerrar los lotes que tocan, o sólo ver qué saldría."""

import csv
import io
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click

from publicacion.errores import ErrorPublicacion
from publicacion.modelo import MOTIVOS

from .consola import Fallo, Orden, con_datos, decir, ruta_corta
from .consultas import conexion
from .consultas import publicar as lotes
from .ensayos import ensayar
from .fechas import fecha_corta, numero, plural
from .instalacion import Instalacion
from .publicador import publicar as publicar_lotes
from .vistas.publicador import Ensayo, Renglon, Tabla

QUIEN = "consola"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNAS = ("lote", "tabla", "qué", "de quiénes", "cuenta verdadera", "se publicaría", "último lote", "por qué")


@click.command(cls=Orden)
@con_datos
@click.option("--adelantar", is_flag=True, help="Cierra también el periodo que corre, si ya juntó lo suficiente.")
@click.option("--simular", is_flag=True, help="Sólo muestra qué saldría y por qué; no escribe nada.")
@click.option("--detalle", is_flag=True, help="Con --simular: celda por celda, con la cuenta verdadera.")
@click.option(
    "--a",
    "archivo",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="ARCHIVO",
    help="Con --simular: celda por celda a un CSV, que lleva cuentas verdaderas.",
)
def publicar(datos: Path, adelantar: bool, simular: bool, detalle: bool, archivo: Path | None) -> None:
    """Cierra los lotes que ya tocan y escribe publica.db. Si se interrumpe, se repite y termina."""
    if (detalle or archivo) and not simular:
        raise Fallo("--detalle y --a van con --simular.", "Repita con: jornada publicar --simular --detalle")
    lugar = Instalacion(datos)
    if simular:
        _simular(lugar, adelantar, detalle, archivo)
    else:
        publicar_todo(lugar, adelantar=adelantar)


def publicar_todo(lugar: Instalacion, *, adelantar: bool) -> None:
    """Publica y lo cuenta. :raises Fallo: con lo que no dejó."""
    conexion.verificar(lugar.privada)
    try:
        hecha = publicar_lotes(lugar, quien=QUIEN, adelantar=adelantar, paso=lambda frase: decir(f"{frase}."))
    except ErrorPublicacion as error:
        raise Fallo(error.mensaje, error.que_hacer) from error
    if not hecha.lotes:
        _decir_que_espera(lugar, adelantar)
    decir(f"Escrito {ruta_corta(lugar.publica)} (SHA-256 {hecha.sha256[:16]}…).")


def _simular(lugar: Instalacion, adelantar: bool, detalle: bool, archivo: Path | None) -> None:
    conexion.verificar(lugar.privada)
    try:
        ensayos = ensayar(lugar, adelantar=adelantar, paso=lambda _frase: None)
    except ErrorPublicacion as error:
        raise Fallo(error.mensaje, error.que_hacer) from error
    if not ensayos:
        _decir_que_espera(lugar, adelantar)
        return
    for ensayo in ensayos:
        for linea in resumen(ensayo):
            decir(linea)
        if detalle:
            for renglon in ensayo.renglones:
                decir(_en_una_linea(renglon))
    if archivo:
        _guardar(archivo, ensayos)
        decir(f"\nCelda por celda en {ruta_corta(archivo)}. Lleva cuentas verdaderas: véalo y bórrelo.")
    decir("\nNo se escribió nada. Para publicar: jornada publicar")
    if ensayos[-1].falla:
        raise Fallo(f"El lote {ensayos[-1].lote} no se podría publicar.")


def _decir_que_espera(lugar: Instalacion, adelantar: bool) -> None:
    decir("No hay un periodo nuevo por publicar.")
    with closing(conexion.abrir(lugar.privada, solo_lectura=True)) as db:
        va = lotes.lo_que_espera(db, lugar.reloj().date())["trimestre"]
    cuantos = plural(va["eventos"], "evento", "eventos")
    quienes = plural(va["personas"], "persona distinta", "personas distintas")
    falta = f"; para adelantarlo hacen falta {lotes.EVENTOS_MINIMOS} y {lotes.PERSONAS_MINIMAS}"
    decir(
        f"Lo que va del {fecha_corta(va['desde'])} al {fecha_corta(va['hasta'])}: {cuantos} y {quienes} cuando menos"
        f"{falta if adelantar and not va['alcanza'] else ''}."
    )


def resumen(ensayo: Ensayo) -> Iterator[str]:
    """Lo que saldría de un lote, tabla por tabla."""
    yield f"\nLote {ensayo.lote}: {ensayo.periodo} (del {fecha_corta(ensayo.desde)} al {fecha_corta(ensayo.hasta)})"
    for tabla in ensayo.tablas:
        yield f"  {tabla.titulo}: {_cuantas(tabla)}"
        for motivo, n in sorted(tabla.ocultas.items(), key=lambda par: -par[1]):
            yield f"      {numero(n):>5}  {MOTIVOS[motivo]}"
    yield f"  Auditoría: {'pasa.' if ensayo.pasa else 'no pasa.'} {ensayo.auditoria}".rstrip()
    for aviso in ensayo.avisos:
        yield f"  Aviso: {aviso}"
    if ensayo.falla:
        yield f"  No se podría publicar: {ensayo.falla.mensaje} {ensayo.falla.que_hacer}"
    else:
        yield f"  Si se publica hoy, el archivo tendrá el SHA-256 {ensayo.sha256}"


def _cuantas(tabla: Tabla) -> str:
    ocultas = tabla.total - tabla.se_muestran
    return f"{plural(tabla.se_muestran, 'celda visible', 'celdas visibles')}, {plural(ocultas, 'oculta', 'ocultas')}"


def _en_una_linea(r: Renglon) -> str:
    hay = "sin cuenta" if r.real is None else numero(r.real)
    sale = "oculta" if r.publicada is None else f"sale {numero(r.publicada)}"
    return f"    {r.tabla}: {r.que} · {r.quienes}: hay {hay}, {sale}. {MOTIVOS[r.motivo]}"


def _guardar(archivo: Path, ensayos: list[Ensayo]) -> None:
    """En UTF-8 con marca, para que una hoja de cálculo lo abra bien; legible sólo por quien lo pide."""
    texto = io.StringIO()
    hoja = csv.writer(texto)
    hoja.writerow(COLUMNAS)
    for ensayo in ensayos:
        for r in ensayo.renglones:
            fila = (ensayo.lote, r.tabla, r.que, r.quienes, r.real, r.publicada, r.antes, MOTIVOS[r.motivo])
            hoja.writerow([_sin_formula(valor) for valor in fila])
    descriptor = os.open(archivo, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as salida:
        salida.write(texto.getvalue())


def _sin_formula(valor: object) -> object:
    return f"'{valor}" if isinstance(valor, str) and valor.startswith(_FORMULA) else valor
