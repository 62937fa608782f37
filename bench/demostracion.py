"""Cuánto tarda armar y publicar un año inventado, junto a la misma orden en una carpeta sin nadie.

    python bench/demostracion.py

El piso es preparar una carpeta vacía y publicarla: arranque de Python, llaves, contraseña y esquema. Meta: 60 s.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path


def _orden(*argumentos: str, entrada: str = "") -> None:
    subprocess.run(
        [sys.executable, "-m", "recoleccion.cli", *argumentos],
        cwd=Path(__file__).resolve().parent.parent,
        input=entrada,
        text=True,
        stdout=subprocess.DEVNULL,
        check=True,
    )


def _medir(*ordenes: tuple[list[str], str]) -> float:
    inicio = time.perf_counter()
    for argumentos, entrada in ordenes:
        _orden(*argumentos, entrada=entrada)
    return time.perf_counter() - inicio


def principal() -> None:
    with tempfile.TemporaryDirectory() as carpeta:
        vacia, llena = f"{carpeta}/vacia", f"{carpeta}/demo"
        piso = _medir(
            (["preparar", "--datos", vacia, "--usuario", "titular"], "camino nube mesa\n"),
            (["publicar", "--datos", vacia], ""),
        )
        demo = _medir((["demo", "--datos", llena, "--sin-servir"], ""), (["publicar", "--datos", llena], ""))
    print(f"piso (carpeta vacía)   {piso:6.1f} s")
    print(f"demo y publicar        {demo:6.1f} s   {demo / piso:.1f} veces el piso; meta, 60 s")


if __name__ == "__main__":
    principal()
