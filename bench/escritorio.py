"""¿Aguanta el escritorio de la titular con cinco años de datos?

1,500 eventos, 60,000 asistencias, 40,000 contestaciones y 3,000 actividades. Se pide cada página del panel muchas
veces, en turnos alternados con el piso: «Mi contraseña», una página del mismo panel sin nada que contar. También el
informe anual en PDF y 500 credenciales. Uso: ``python bench/escritorio.py [vueltas]``.

De cada página se dice lo que tardó y lo que gastó de procesador: con la máquina ocupada en otra cosa lo primero crece y
lo segundo casi no. La meta es de lo que tardó, y con otra carga no se cumple ni deja de cumplirse: se mide en calma.
"""

import argparse
import os
import platform
import re
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

RAIZ = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(RAIZ), str(RAIZ / "bench")]

from flask.testing import FlaskClient  # noqa: E402
from oficina_de_anios import CONTRASENA, FRASE, llenar  # noqa: E402

from recoleccion.aplicacion import create_app  # noqa: E402
from recoleccion.instalacion import ahora  # noqa: E402
from tests.pantallas import NO_SON_PANTALLAS, caminos  # noqa: E402

META_MS, META_PDF_S, META_CREDENCIALES_S = 200, 5, 10
PISO = "/panel/contrasena"


def token(cliente: FlaskClient, camino: str) -> str:
    hallado = re.search(r'name="csrf_token" value="([^"]+)"', cliente.get(camino).text)
    assert hallado is not None, camino
    return hallado[1]


def mandar(cliente: FlaskClient, camino: str, desde: str, datos: dict[str, str]) -> tuple[float, bytes, int]:
    """Segundos, cuerpo y estado de un POST con su ficha."""
    ficha = token(cliente, desde)
    inicio = time.perf_counter()
    respuesta = cliente.post(camino, data={"csrf_token": ficha, **datos}, headers={"Origin": "http://localhost"})
    return time.perf_counter() - inicio, respuesta.data, respuesta.status_code


def medir(cliente: FlaskClient, rutas: list[str], vueltas: int) -> dict[str, list[tuple[float, float]]]:
    """De cada petición 200, los milisegundos que tardó y los de procesador; lo que manda a otra página no se mide."""
    tiempos: dict[str, list[tuple[float, float]]] = {}
    for vuelta in range(vueltas + 1):
        for ruta in [PISO, *rutas]:
            inicio, gastado = time.perf_counter(), time.process_time()
            respuesta = cliente.get(ruta)
            cuerpo = respuesta.get_data()
            ms, cpu = (time.perf_counter() - inicio) * 1000, (time.process_time() - gastado) * 1000
            if respuesta.status_code == 200 and cuerpo and vuelta:  # la primera sólo calienta
                tiempos.setdefault(ruta, []).append((ms, cpu))
    return tiempos


def p95(tiempos: list[float]) -> float:
    return statistics.quantiles(tiempos, n=20)[-1] if len(tiempos) > 1 else tiempos[0]


def principal() -> int:
    opciones = argparse.ArgumentParser(description=__doc__)
    opciones.add_argument("vueltas", nargs="?", type=int, default=40)
    vueltas = opciones.parse_args().vueltas
    print(f"Python {platform.python_version()}, {os.cpu_count()} procesadores, carga {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as carpeta:
        datos, momento = Path(carpeta) / "datos", ahora()
        inicio = time.perf_counter()
        mayor = llenar(datos, momento - timedelta(days=1))
        print(f"Cinco años de datos en {time.perf_counter() - inicio:.0f} s; "
              f"la base mide {(datos / 'privada.db').stat().st_size / 2**20:.0f} MB")  # fmt: skip
        cliente = create_app(datos).test_client()
        mandar(cliente, "/panel/entrar", "/panel/entrar", {"usuario": "titular", "contrasena": CONTRASENA})
        mandar(cliente, "/panel/llave/apertura", f"/panel/eventos/{mayor}/lista", {"frase": FRASE, "razon": "lista"})
        rutas = [ruta for ruta in caminos(datos) if ruta != PISO]
        grandes = [f"/panel/eventos/{mayor}", f"/panel/eventos/{mayor}/lista", "/panel/eventos?que=realizados",
                   "/panel/eventos?texto=plática", f"/panel/?anio={momento.year - 1}"]  # fmt: skip
        rutas += [ruta for ruta in grandes if ruta not in rutas]
        tiempos = medir(cliente, rutas, vueltas)
        malas = informe(tiempos)
        malas += impresos(cliente) + anual(cliente)
    for mala in malas:
        print(f"NO CUMPLE: {mala}")
    return 1 if malas else 0


def informe(medidos: dict[str, list[tuple[float, float]]]) -> list[str]:
    tiempos = {ruta: [ms for ms, _ in suyos] for ruta, suyos in medidos.items()}
    gastos = {ruta: [cpu for _, cpu in suyos] for ruta, suyos in medidos.items()}
    piso = statistics.median(gastos[PISO])
    print(f"\n{'página':<60} {'mediana':>8} {'p95':>8} | {'procesador':>10} {'p95':>8} {'veces el piso':>14}")
    malas = []
    for ruta, suyos in sorted(tiempos.items(), key=lambda par: -p95(gastos[par[0]])):
        corta = re.sub(r"[0-9a-f-]{36}", "…", ruta)
        gasto = statistics.median(gastos[ruta])
        print(f"{corta:<60} {statistics.median(suyos):5.1f} ms {p95(suyos):5.1f} ms | {gasto:7.1f} ms"
              f" {p95(gastos[ruta]):5.1f} ms {gasto / piso:12.1f} x")  # fmt: skip
        if p95(suyos) > META_MS and not NO_SON_PANTALLAS.search(ruta):
            malas.append(
                f"{corta}: p95 {p95(suyos):.0f} ms (meta {META_MS}); de procesador, {p95(gastos[ruta]):.0f} ms"
            )
    for que, de in (("tiempo", tiempos), ("procesador", gastos)):
        paginas = [ms for ruta, suyos in de.items() if not NO_SON_PANTALLAS.search(ruta) for ms in suyos]
        print(f"{que} de todas las páginas juntas: mediana {statistics.median(paginas):.1f} ms,"
              f" p95 {p95(paginas):.1f} ms; el piso ({PISO}), {statistics.median(de[PISO]):.1f} ms")  # fmt: skip
    print(f"{len(tiempos)} direcciones; carga al terminar: {os.getloadavg()[0]:.1f}")
    return malas


def anual(cliente: FlaskClient) -> list[str]:
    """El informe anual del año en curso: se cuenta, se guarda y se dibuja para firmar."""
    camino = f"/panel/informes/{ahora().year}/anual"
    ocultos = dict(re.findall(r'type="hidden" name="(id|cifras)" value="([^"]+)"', cliente.get(camino).text))
    inicio = time.perf_counter()
    _, _, estado = mandar(cliente, camino, camino, ocultos)
    cuerpo = cliente.get(f"/panel/informes/{ocultos['id']}/informe.pdf").get_data()
    segundos = time.perf_counter() - inicio
    print(f"informe anual en PDF: {segundos:.1f} s, {len(cuerpo) / 1024:.0f} KB, estado {estado} (meta {META_PDF_S} s)")
    bien = cuerpo.startswith(b"%PDF") and segundos < META_PDF_S
    return [] if bien else [f"informe anual en PDF: {segundos:.1f} s, estado {estado}"]


def impresos(cliente: FlaskClient) -> list[str]:
    """500 credenciales: se generan, se guardan y se dibujan."""
    segundos, cuerpo, estado = mandar(
        cliente, "/panel/impresos/credenciales.pdf", "/panel/impresos", {"cuantas": "500"}
    )
    print(
        f"500 credenciales: {segundos:.1f} s, {len(cuerpo) / 1024:.0f} KB, estado {estado}"
        f" (meta {META_CREDENCIALES_S} s)"
    )
    bien = cuerpo.startswith(b"%PDF") and segundos < META_CREDENCIALES_S
    return [] if bien else [f"500 credenciales: {segundos:.1f} s, estado {estado}"]


if __name__ == "__main__":
    sys.exit(principal())
