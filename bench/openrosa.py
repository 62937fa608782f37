"""Contesta nuestros XForms con JavaRosa, el motor de ODK Collect y KoboCollect, y lee lo contestado.

    python bench/openrosa.py [formularios] [--control]

Pide Java (``javac`` y ``java``); el motor es el ``ODK_Validate.jar`` que trae ``pyxform``. Lo que JavaRosa deja
terminar a una persona, ``contestar.validar`` lo tiene que aceptar, y lo que venía al caso allá, aquí también: si no, se
imprime la encuesta, la instancia y los errores, y la orden termina mal. Entran las cuatro encuestas que vienen, el
registro de asistencia, los formularios publicados por pyxform que aquí se importan y encuestas al azar. ``--control``
planta un defecto (las restricciones propias no viajan ni se cuidan las vueltas de más) y la orden debe terminar mal.
"""

import base64
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import pyxform
from hypothesis import HealthCheck, Phase, given, settings

RAIZ = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RAIZ))

from formularios.catalogos import INICIALES, cargar  # noqa: E402
from formularios.contestar import validar  # noqa: E402
from formularios.instrumento import Instrumento, incluidos, nombre_campo  # noqa: E402
from formularios.recorrido import Recorrido  # noqa: E402
from formularios.xlsform import importar, xform  # noqa: E402
from recoleccion.errores import ErrorJornada  # noqa: E402
from recoleccion.openrosa import formas, lectura  # noqa: E402
from recoleccion.protocolo.registro import Registro, entender  # noqa: E402
from tests.formularios.xlsform.al_azar import instrumentos  # noqa: E402
from tests.formularios.xlsform.test_corpus import bajados  # noqa: E402

JAR = Path(pyxform.__file__).parent / "validators" / "odk_validate" / "bin" / "ODK_Validate.jar"
EVENTO = {"clave": "K7MD2Q", "titulo": "Plática", "fecha": "2026-11-25", "tema": "violencia", "pide_procedencia": 1}
SEMILLAS = 3
"""Cuántas veces se contesta cada formulario."""


def al_azar(cuantas: int) -> list[Instrumento]:
    hechas: list[Instrumento] = []

    @settings(
        max_examples=cuantas, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(instrumentos())
    def juntar(i: Instrumento) -> None:
        if formas.cabe(i):
            hechas.append(i)

    juntar()
    return hechas


def publicadas() -> list[Instrumento]:
    """Las de pyxform que se importan y que otras aplicaciones sabrían evaluar."""
    leidas = [importar(archivo, contenido).instrumento for _, archivo, contenido in bajados(RAIZ)]
    return [i for i in leidas if i is not None and formas.cabe(i)]


def contestar(carpeta: Path, xforms: list[bytes]) -> list[str]:
    """Lo que ``Contestar`` dice de cada formulario, :data:`SEMILLAS` veces cada uno."""
    subprocess.run(
        ["javac", "-cp", str(JAR), "-d", str(carpeta), str(Path(__file__).parent / "openrosa" / "Contestar.java")],
        check=True,
    )
    pedidos = []
    for numero, xml in enumerate(xforms):
        (carpeta / f"{numero}.xml").write_bytes(xml)
        pedidos += [f"{carpeta / f'{numero}.xml'}\t{semilla}" for semilla in range(SEMILLAS)]
    hecho = subprocess.run(
        ["java", "-Duser.timezone=America/Mexico_City", "-cp", f"{JAR}:{carpeta}", "Contestar"],
        input="\n".join(pedidos), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [renglon[1:] for renglon in hecho.stdout.splitlines() if renglon.startswith("\x02")]


def revisar(instrumento: Instrumento | None, instancia: bytes) -> object:
    """Lo que está mal en una instancia; nada, si se acepta."""
    envio = lectura.leer(instancia)
    if instrumento is None:
        registro = entender(lectura.asistencia(envio, "evento", 1), envio.id)
        return None if isinstance(registro, Registro) else registro
    try:
        datos = lectura.contestacion(envio, "evento", instrumento)["datos"]
    except ErrorJornada as error:
        return error.codigo
    ficha = {"ficha": [datos["ficha"]]} if datos["ficha"] else {}
    crudo, ahora = datos["respuestas"] | ficha, datetime.now(UTC)
    errores = validar(instrumento, crudo, ahora=ahora, personal=None).errores
    recorrido = Recorrido(instrumento, crudo, ahora=ahora, con_ficha=bool(ficha), personal=None)
    lugares = {nombre_campo(p, v): (p, v) for p in instrumento.preguntas for v in recorrido.vueltas_de(p)}
    perdidos = [n for n in datos["respuestas"] if n not in lugares or not recorrido.valor(*lugares[n])]
    return errores or perdidos


def principal() -> int:
    cuantas = next((int(a) for a in sys.argv[1:] if a.isdigit()), 300)
    if "--control" in sys.argv:
        xform._propia = xform._tope = lambda *_: None  # type: ignore[assignment]
    empezo = time.monotonic()
    todas = [*incluidos().values(), *publicadas(), *al_azar(cuantas)]
    asistencia = formas.asistencia(EVENTO, cargar(INICIALES), {"version": 1, "simplificado": "Aviso"})
    parejas: list[tuple[Instrumento | None, bytes]] = [(i, formas.encuesta(EVENTO, i).xml) for i in todas]
    parejas.append((None, asistencia.xml))
    with tempfile.TemporaryDirectory() as carpeta:
        dichos = contestar(Path(carpeta), [xml for _, xml in parejas])
    assert len(dichos) == len(parejas) * SEMILLAS, len(dichos)
    cuenta = {"=": 0, "?": 0, "!": 0}
    malos = 0
    for numero, dicho in enumerate(dichos):
        cuenta[dicho[0]] += 1
        instrumento = parejas[numero // SEMILLAS][0]
        errores = revisar(instrumento, base64.b64decode(dicho[1:])) if dicho[0] == "=" else dicho[0] == "!" and dicho
        if errores:
            malos += 1
            if malos <= 5:
                print(
                    instrumento and instrumento.a_dict(),
                    base64.b64decode(dicho[1:]) if dicho[0] == "=" else "",
                    errores,
                )
    print(
        f"{len(parejas)} formularios, {cuenta['=']} contestados en JavaRosa, {malos} mal;"
        f" {cuenta['?']} sin terminar (nada al azar cumplía algo obligatorio); {time.monotonic() - empezo:.0f} s"
    )
    return 1 if malos else 0


if __name__ == "__main__":
    sys.exit(principal())
