"""Los formularios de prueba que pyxform ha publicado: cada uno se importa y se contesta, o se rechaza con su motivo.

Se bajan al probar, con pip, del sdist de una versión que los trae; nunca se guardan en el repositorio.
"""

import ast
import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path
from random import Random
from textwrap import dedent

import pytest

from formularios.contestar import nombre_campo, validar
from formularios.dibujo import dibujar
from formularios.instrumento import Instrumento, Pregunta
from formularios.recorrido import NO_CUMPLE, Recorrido
from formularios.xlsform import importar
from tests.formularios.dibujada import de_dibujo
from tests.formularios.xlsform.al_azar import AHORA, candidatos, contestar

VERSION = "1.4.0"
"""La última cuyo sdist trae sus formularios de prueba: 69 archivos y 254 tablas."""


@pytest.fixture(scope="module")
def publicados(request: pytest.FixtureRequest) -> list[tuple[str, str, bytes]]:
    return bajados(Path(request.config.rootpath))


def bajados(raiz: Path) -> list[tuple[str, str, bytes]]:
    """Nombre, nombre de archivo y contenido de cada uno."""
    carpeta = raiz / ".pytest_cache" / "d" / f"pyxform-{VERSION}"
    archivo = carpeta / f"pyxform-{VERSION}.tar.gz"
    if not archivo.is_file():
        orden = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "-d", str(carpeta)]
        subprocess.run([*orden, f"pyxform=={VERSION}"], check=True, capture_output=True)
    formularios = []
    with tarfile.open(archivo) as paquete:
        for parte in sorted(paquete.getmembers(), key=lambda p: p.name):
            leido = paquete.extractfile(parte) if parte.isfile() else None
            if leido is None:
                continue
            if parte.name.endswith((".xls", ".xlsx", ".csv")):
                formularios.append((parte.name, Path(parte.name).name, leido.read()))
            elif "/tests" in parte.name and parte.name.endswith(".py"):
                formularios += _tablas(parte.name, leido.read().decode())
    return formularios


def _tablas(nombre: str, codigo: str) -> list[tuple[str, str, bytes]]:
    """Las encuestas que las pruebas de pyxform llevan escritas como tabla."""
    textos = [n.value for n in ast.walk(ast.parse(codigo)) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    tablas = [texto for texto in textos if texto.count("|") >= 10 and "survey" in texto]
    return [(f"{nombre}#{n}", "tabla.md", dedent(tabla).encode()) for n, tabla in enumerate(tablas, start=1)]


def test_cada_formulario_publicado_corre_o_se_rechaza_con_su_motivo(
    publicados: list[tuple[str, str, bytes]], capsys: pytest.CaptureFixture[str]
) -> None:
    cuentas: Counter[str] = Counter()
    fallas: list[str] = []
    for nombre, archivo, contenido in publicados:
        resultado = importar(archivo, contenido)
        if resultado.instrumento is None:
            cuentas["rechazados"] += 1
            fallas += [f"{nombre}: {p}" for p in resultado.problemas if not _es_preciso(str(p), p.hoja, p.fila)]
            if resultado.recortada is not None and (recortado := resultado.recortada.instrumento) is not None:
                cuentas["recortados"] += 1
                fallas += [f"{nombre}, recortado: {falla}" for falla in _corre(recortado, Counter())]
        else:
            cuentas["importados"] += 1
            fallas += [f"{nombre}: {falla}" for falla in _corre(resultado.instrumento, cuentas)]
    with capsys.disabled():
        print(
            f"\npyxform {VERSION}: {len(publicados)} formularios; {cuentas['importados']} se importan y se contestan"
            f" ({cuentas['preguntas']} preguntas, {cuentas['restricciones']} restricciones que se hacen valer),"
            f" {cuentas['rechazados']} se rechazan con su motivo;"
            f" de éstos, {cuentas['recortados']} se contestan sin lo que sobra"
        )
    assert fallas == []
    assert len(publicados) > 300
    assert cuentas["importados"] > 80


def _es_preciso(frase: str, hoja: str, fila: int | None) -> bool:
    """Dice dónde y qué hacer, en español; lo que es de toda la hoja o de todo el archivo no lleva fila."""
    de_todo = ("No hay preguntas", "no tiene la columna", "se llaman", "Dos columnas", "entities")
    return (hoja != "" and fila is not None) or any(parte in frase for parte in de_todo)


def _corre(instrumento: Instrumento, cuentas: Counter[str]) -> list[str]:
    """Se dibuja con un campo por pregunta, unas respuestas al azar se aceptan y cada restricción se hace valer."""
    azar = Random(7)
    datos, validacion = contestar(instrumento, azar)
    fallas = [f"no se halló qué contestar en {campo}: {error}" for campo, error in validacion.errores.items()]
    dibujada = de_dibujo(dibujar(instrumento, personal=True, ahora=AHORA))
    campos = {campo["name"].split("~")[0] for campo in dibujada.de("input", "select", "textarea")}
    contestables = [pregunta for pregunta in instrumento.preguntas if pregunta.con_campo]
    fallas += [f"{p.clave} no tiene campo" for p in contestables if nombre_campo(p) not in campos]
    cuentas["preguntas"] += len(contestables)
    for pregunta in contestables:
        lugares = [lugar for lugar in Recorrido(instrumento, datos, ahora=AHORA).vueltas_de(pregunta)][:1]
        for lugar in lugares if pregunta.restriccion else []:
            recorrido = Recorrido(instrumento, datos, ahora=AHORA, personal=True)
            nombre = nombre_campo(pregunta, lugar)
            posibles = candidatos(recorrido, pregunta, lugar, azar)
            if recorrido.relevante(pregunta, lugar) and not any(
                _se_rompe(instrumento, {**datos, nombre: otro}, pregunta, lugar) for otro in posibles
            ):
                fallas.append(f"nada rompe la restricción de {pregunta.clave}: {pregunta.restriccion}")
            cuentas["restricciones"] += 1
    return fallas


def _se_rompe(i: Instrumento, datos: dict[str, list[str]], pregunta: Pregunta, lugar: tuple[int, ...]) -> bool:
    """¿Se dice lo que la encuesta manda decir, con lo contestado en su lugar?"""
    recorrido = Recorrido(i, datos, ahora=AHORA, personal=True)
    frase = recorrido.lleno(pregunta.mensaje_restriccion or NO_CUMPLE, pregunta.grupo, lugar)
    dicho = validar(i, datos, ahora=AHORA, personal=True).errores.get(nombre_campo(pregunta, lugar))
    return dicho == frase
