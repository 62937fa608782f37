"""Las pruebas largas, una tras otra: ``make nocturna``. Lo que falla no detiene lo demás; al final, una tabla.

``python -m tests.nocturna muertes portal`` (o ``make nocturna SOLO="muertes portal"``) corre sólo ésas; con ``--lista``
se dicen todas. Otra cantidad: ``JORNADA_RONDAS=80 make nocturna SOLO=caos``. Termina con 1 si algo falló; con Ctrl-C se
corta la que va y se dice hasta dónde se llegó.
"""

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

RAIZ = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Larga:
    """Una corrida: qué se le dice por el ambiente y qué se corre, archivos de pruebas u otra orden de Python."""

    nombre: str
    que: str
    ambiente: dict[str, str] = field(default_factory=dict)
    orden: bool = False
    root: bool = False

    @property
    def argumentos(self) -> list[str]:
        return ["-m", *([] if self.orden else ["pytest", "-s", "-q"]), *self.que.split()]


def largas(itinerarios: list[str]) -> list[Larga]:
    """Todas, de la más corta a la más larga."""
    return [
        Larga("sesiones", "tests/seguridad/test_sesiones_revueltas.py", {"JORNADA_SESIONES": "500"}),
        Larga("avalanchas", "tests/seguridad/test_aluvion.py", {"JORNADA_AVALANCHAS": "500"}),
        Larga("hostil", "tests/recoleccion/vistas/test_hostil.py", {"JORNADA_HOSTILES": "99"}),
        Larga("rutas", "tests/seguridad/test_rutas_al_azar.py", {"JORNADA_AZAR": "30"}),
        Larga("bandit", "tests/seguridad/test_bandit.py", {"JORNADA_BANDIT": "todo"}),
        Larga("semgrep", "tests/seguridad/con_semgrep.py"),
        Larga("portal", "tests/seguridad/test_portal_hostil.py", {"JORNADA_PORTAL": "todo"}),
        Larga("cortes", "tests/publicacion/test_fallas_cortes.py", {"JORNADA_CORTES": "1000"}),
        Larga("lotes", "tests/publicacion/test_auditoria_fuerza_bruta.py", {"JORNADA_LOTES": "500"}),
        Larga("javascript", "tests/test_js.py", {"JORNADA_CORRIDAS": "5000"}),
        Larga("giro", "tests/recoleccion/test_llave_giro.py", {"JORNADA_GIRO_CADA": "1", "JORNADA_GIROS": "100"}),
        Larga(
            "urna",
            "tests/recoleccion/test_urna_muertes.py",
            {"JORNADA_URNA_CADA": "1", "JORNADA_URNA_APAGONES": "500"},
        ),
        Larga(
            "cuaderno",
            "tests/recoleccion/test_ranuras.py",
            {"JORNADA_CUADERNO_PASOS": "300", "JORNADA_CUADERNO_SEMILLAS": "40"},
        ),
        Larga(
            "respaldos",
            "tests/recoleccion/test_respaldos.py tests/recoleccion/test_respaldo_muertes.py tests/test_replica.py",
            {"JORNADA_ENSAYOS": "50", "JORNADA_MUERTES_RESPALDO": "500", "JORNADA_LATIDOS": "2"},
        ),
        Larga("republicar", "tests/publicacion/test_recarga.py", {"JORNADA_REPUBLICACIONES": "1000"}),
        Larga(
            "ataques",
            "tests/ataques/test_pertenencia.py tests/ataques/test_restar_publicaciones.py"
            " tests/ataques/test_programacion_lineal.py tests/ataques/test_revisar.py tests/ataques/test_forma.py",
            {"JORNADA_ANIO": "entero"},
        ),
        Larga(
            "muertes",
            "tests/recoleccion/test_muertes.py tests/recoleccion/test_apagones.py",
            {"JORNADA_MUERTES": "500", "JORNADA_APAGONES": "1500"},
        ),
        Larga("instalacion", "tests.instalacion.desde_cero", orden=True, root=True),
        Larga("caos", "tests/navegador/caos", {"JORNADA_RONDAS": "300"}),
        Larga("itinerarios", " ".join(["tests.simulador.correr", *itinerarios]), orden=True),
    ]


def principal() -> int:
    opciones = argparse.ArgumentParser()
    opciones.add_argument("nombres", nargs="*", help="sólo ésas")
    opciones.add_argument("--itinerarios", default="--cuantos 200000", help="lo que se le dice al simulador")
    opciones.add_argument("--lista", action="store_true", help="decir cuáles hay y no correr nada")
    pedido = opciones.parse_args()
    todas = largas(pedido.itinerarios.split())
    if sobran := set(pedido.nombres) - {larga.nombre for larga in todas}:
        opciones.error(f"no hay {', '.join(sorted(sobran))}; hay {', '.join(larga.nombre for larga in todas)}")
    elegidas = [larga for larga in todas if not pedido.nombres or larga.nombre in pedido.nombres]
    if pedido.lista:
        print("\n".join(f"{larga.nombre:12} {larga.que}" for larga in elegidas))
        return 0
    return correr(elegidas)


def correr(elegidas: list[Larga]) -> int:
    """:returns: 1 si alguna falló o se cortó."""
    como_fueron = {larga.nombre: "sin correr" for larga in elegidas}
    try:
        for n, larga in enumerate(elegidas, 1):
            print(f"\n== {n} de {len(elegidas)}: {larga.nombre} ({time.strftime('%H:%M')}) ==", flush=True)
            como_fueron[larga.nombre] = "cortada"
            como_fueron[larga.nombre] = _una(larga)
            print(f"== {larga.nombre}: {como_fueron[larga.nombre]} ==", flush=True)
    except KeyboardInterrupt:
        print("\nCortada.")
    print("\n" + "\n".join(f"{nombre:12} {como}" for nombre, como in como_fueron.items()))
    return int(any(not como.startswith(("bien", "pide")) for como in como_fueron.values()))


def _una(larga: Larga) -> str:
    if larga.root and os.geteuid() != 0:
        return "pide root: sudo make nocturna SOLO=" + larga.nombre
    empezo = time.monotonic()
    hecho = subprocess.run([sys.executable, *larga.argumentos], cwd=RAIZ, env=larga.ambiente | os.environ, check=False)
    minutos = (time.monotonic() - empezo) / 60
    return f"{'FALLÓ' if hecho.returncode else 'bien'}, {minutos:.1f} min"


if __name__ == "__main__":
    sys.exit(principal())
