"""Publicar: cuánto tarda, cuánta memoria pide, cuánto se ve, con qué error, y qué aprende quien ataca.

El municipio es el simulado de ``tests/ataques/anio.py`` (6,627 habitantes, 300 eventos, 8,475 asistencias), con todas
contestando; y dos encuestas de 20 preguntas con 10,000 y 100,000 contestaciones al año. Cada medida corre en su
proceso: leer la base privada, proteger, auditar, asentar en el libro, escribir, atacar y hacer las descargas.

    python bench/publicacion.py            # rendimiento y comparación
    python bench/publicacion.py rapido     # sin las 100,000
"""

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random

RAIZ = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RAIZ))

from bench.proteccion_ajena.medir import comparar  # noqa: E402
from formularios.instrumento import Instrumento, Opcion, Pregunta  # noqa: E402
from publicacion import escritura, orquestar  # noqa: E402
from publicacion.auditoria import ensayar  # noqa: E402
from publicacion.extraccion import leer  # noqa: E402
from publicacion.modelo import Cambio, Contestacion, Crudo  # noqa: E402
from publicacion.proteccion import proteger  # noqa: E402
from publicacion.reglamento import leer_reglas  # noqa: E402
from recoleccion.consultas import conexion, publicar  # noqa: E402
from tests.ataques.anio import Anio, simular, trimestres  # noqa: E402
from tests.ataques.medida import calidad  # noqa: E402
from tests.ataques.sembrar import sembrar  # noqa: E402

SECRETO = b"un secreto de prueba de 32 bytes"
META_TRIMESTRE_S, META_TRIMESTRE_MB, META_CIEN_MIL_S = 10, 300, 60
META_VISTAS, META_ERROR = 0.90, 0.04
HOY = date(2027, 1, 5)


def veinte() -> Instrumento:
    """Veinte preguntas de tres a cinco opciones."""
    preguntas = tuple(
        Pregunta(
            clave=f"P{i + 1}",
            tipo="una",
            texto=f"Pregunta número {i + 1} de la encuesta grande",
            opciones=tuple(Opcion(f"o{j}", f"Opción {j}") for j in range(3 + i % 3)),
        )
        for i in range(20)
    )
    return Instrumento(
        clave="veinte", version=1, titulo="Veinte preguntas", intro="", minutos=5, lleva_ficha=False,
        edad_minima=None, preguntas=preguntas, cierre=None,
    )  # fmt: skip


def contestar_veinte(anio: Anio, cuantas: int, azar: Random) -> Iterator[tuple[str, Contestacion]]:
    """``cuantas`` contestaciones de quienes fueron, dando vueltas al año."""
    asistieron = [(i, p) for i, fueron in enumerate(anio.fueron) for p in fueron]
    preguntas = [(p.clave, [o.clave for o in p.opciones]) for p in veinte().preguntas]
    for numero in range(cuantas):
        i, quien = asistieron[numero * 7919 % len(asistieron)]
        e, p = anio.eventos[i], anio.personas[quien]
        dichas = {
            clave: azar.choices(claves, range(len(claves) + 2, 2, -1))[0]
            for clave, claves in preguntas
            if azar.random() > 0.04
        }
        yield f"{e.dia:%Y-%m}", Contestacion("veinte", 1, e.programa, e.zona, *p.dice, dichas)


def preparar(carpeta: Path, caso: str) -> None:
    """La base privada de un caso. No se mide."""
    if caso == "municipio":
        anio = simular(contesta=1.0)
        crudos = [(f"{e.dia:%Y-%m}", anio.crudo("x", e.dia, e.dia)) for e in anio.eventos]
        respuestas: Iterable[tuple[str, Contestacion]] = [
            (m, c) for m, cr in _por_dia(crudos) for c in cr.contestaciones
        ]
        cambios: Iterable[tuple[str, Cambio]] = [(m, c) for m, cr in _por_dia(crudos) for c in cr.cambios]
        sembrar(carpeta, anio, contestaciones=respuestas, cambios=cambios)
        return
    cuantas = int(caso)
    anio = simular(eventos=300, asistencias=8475, contesta=0.0)
    sembrar(carpeta, anio, contestaciones=contestar_veinte(anio, cuantas, Random(20)), instrumentos=[veinte()])


def _por_dia(crudos: list[tuple[str, Crudo]]) -> Iterator[tuple[str, Crudo]]:
    """Dos eventos el mismo día dan el mismo crudo: una sola vez."""
    vistos: set[str] = set()
    for mes, crudo in crudos:
        if crudo.desde not in vistos:
            vistos.add(crudo.desde)
            yield mes, crudo


def publicar_todo(carpeta: Path) -> dict[str, float]:
    """Los cuatro trimestres y el archivo. Segundos del trimestre más lento, del año, y de la auditoría."""
    privada, catalogos = carpeta / "privada.db", carpeta / "catalogos"
    tiempos, procesador, auditoria = [], [], 0.0
    inicio = time.perf_counter()
    for lote, desde, hasta in trimestres():
        este, ocupado = time.perf_counter(), time.process_time()
        with closing(conexion.abrir(privada)) as db:
            publicar.asignar(db, lote, desde.isoformat(), hasta.isoformat())
        celdas, reglas = orquestar.calcular(privada, lote, desde.isoformat(), hasta.isoformat(), catalogos, SECRETO)
        with closing(conexion.abrir(privada)) as db:
            publicar.asentar(db, lote, celdas, reglas, HOY)
        escritura.escribir(privada, carpeta / "publica.db")
        tiempos.append(time.perf_counter() - este)
        procesador.append(time.process_time() - ocupado)
    total = time.perf_counter() - inicio
    memoria = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    # Aparte, para no contarlo dos veces: de cada lote, cuánto es de la auditoría.
    reglas_ = leer_reglas(catalogos)
    for lote, desde, hasta in trimestres():
        crudo = leer(privada, lote, desde.isoformat(), hasta.isoformat())
        a = time.process_time()
        proteger(crudo, reglas_, SECRETO)
        b = time.process_time()
        ensayar(crudo, reglas_, SECRETO)
        auditoria = max(auditoria, time.process_time() - b - (b - a))
    return {
        "trimestre": max(tiempos),
        "anio": total,
        "procesador": max(procesador),
        "procesador_anio": sum(procesador),
        "auditoria": auditoria,
        "mb": memoria,
    }


def medir(caso: str) -> dict[str, float]:
    """En procesos aparte: uno siembra, otro publica, y aquí se compara lo publicado con la verdad."""
    with tempfile.TemporaryDirectory() as nombre:
        carpeta = Path(nombre)
        for orden in ("preparar", "publicar"):
            salida = subprocess.run(
                [sys.executable, __file__, orden, str(carpeta), caso], check=True, capture_output=True, text=True
            ).stdout
        medidas: dict[str, float] = json.loads(salida)
        reglas = leer_reglas(carpeta / "catalogos")
        motivos = [
            e.motivo
            for lote, desde, hasta in trimestres()
            for e in ensayar(leer(carpeta / "privada.db", lote, desde.isoformat(), hasta.isoformat()), reglas, SECRETO)[
                0
            ]
        ]
        medida = calidad(motivos)
        return medidas | {"vistas": medida.parte, "error": medida.error}


def informe(medidas: dict[str, dict[str, float]]) -> list[str]:
    """Las tablas, y lo que no llegó a su meta."""
    print("| caso | trimestre más lento | año | de la auditoría | memoria | celdas que se ven | error medio |")
    print("|---|---|---|---|---|---|---|")
    fallas = []
    for caso, m in medidas.items():
        nombre = "este municipio" if caso == "municipio" else f"{int(caso):,} contestaciones, 20 preguntas"
        trimestre = f"{m['trimestre']:.1f} s ({m['procesador']:.1f} de procesador)"
        anio = f"{m['anio']:.1f} s ({m['procesador_anio']:.1f})"
        partes = f"{m['auditoria']:.1f} s | {m['mb']:.0f} MB | {100 * m['vistas']:.1f} % | {100 * m['error']:.1f} %"
        print(f"| {nombre} | {trimestre} | {anio} | {partes} |", flush=True)
        fallas += [f"{nombre}: {que}" for mal, que in _metas(caso, m) if mal]
    return fallas


def _metas(caso: str, m: dict[str, float]) -> Iterator[tuple[bool, str]]:
    if caso == "municipio":
        yield m["trimestre"] > META_TRIMESTRE_S, f"un trimestre tarda más de {META_TRIMESTRE_S} s"
        yield m["mb"] > META_TRIMESTRE_MB, f"pide más de {META_TRIMESTRE_MB} MB"
    else:
        yield m["anio"] > META_CIEN_MIL_S, f"el año tarda más de {META_CIEN_MIL_S} s"
    yield m["vistas"] < META_VISTAS, f"se ven menos de {100 * META_VISTAS:.0f} % de las celdas"
    yield m["error"] >= META_ERROR, f"el error medio pasa de {100 * META_ERROR:.0f} %"


def principal(argumentos: list[str]) -> int:
    if argumentos[:1] == ["preparar"]:
        preparar(Path(argumentos[1]), argumentos[2])
        return 0
    if argumentos[:1] == ["publicar"]:
        print(json.dumps(publicar_todo(Path(argumentos[1]))))
        return 0
    casos = ["municipio", "10000"] + ([] if argumentos == ["rapido"] else ["100000"])
    print(f"{platform.machine()}, {os.cpu_count()} procesadores, Python {platform.python_version()}\n")
    fallas = informe({caso: medir(caso) for caso in casos})
    print()
    comparar(simular(contesta=1.0))
    for falla in fallas:
        print(f"NO LLEGA A LA META: {falla}")
    return 1 if fallas else 0


if __name__ == "__main__":
    sys.exit(principal(sys.argv[1:]))
