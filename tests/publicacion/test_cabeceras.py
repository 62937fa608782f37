"""Lo que se rechaza y lo que se esconde, sin proceso de por medio; y el control de que Datasette solo sí lo hace."""

from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from direcciones_malas import TRAMPOSAS
from publica_chica import construir

from publicacion.cabeceras import CABECERAS, con_cabeceras, escondida, rechazada
from tests.hilo import correr


@pytest.mark.parametrize("ruta", TRAMPOSAS)
def test_se_rechaza_sin_proceso_de_por_medio(ruta: str) -> None:
    assert rechazada(ruta)


@pytest.mark.parametrize(
    "ruta",
    ["/", "/publica", "/publica/asistencia_cubo/2026-T4,sexo~2Bedad,M~2B18-29", "/preguntas/quienes", "/a%C3%B1o",
     "/publica/poa/2026-T4,2026%2CM4", "/-/jornada/portal.0123.css"],
)  # fmt: skip
def test_lo_normal_ni_se_rechaza_ni_se_esconde(ruta: str) -> None:
    assert not rechazada(ruta)
    assert not escondida(ruta)


def test_sin_el_complemento_datasette_si_los_ensena_y_si_redirige(tmp_path: Path) -> None:
    """Control: lo que se esconde y se rechaza arriba existe de veras en Datasette solo."""
    solo = Datasette(immutables=[str(construir(tmp_path / "publica.db"))])

    async def pedir_a_solas(ruta: str) -> tuple[int, bytes]:
        dicho: list[dict[str, Any]] = []

        async def enviar(mensaje: dict[str, Any]) -> None:
            dicho.append(mensaje)

        scope = {"type": "http", "method": "GET", "path": ruta, "raw_path": ruta.encode(), "query_string": b"",
                 "headers": [], "scheme": "http"}  # fmt: skip
        await solo.app()(scope, None, enviar)
        return dicho[0]["status"], dict(dicho[0]["headers"]).get(b"Location", b"")

    assert correr(pedir_a_solas("/-/databases.json"))[0] == 200
    assert correr(pedir_a_solas("/-/static/app.css"))[0] == 200
    assert correr(pedir_a_solas("/\\ejemplo.org/")) == (302, b"/\\ejemplo.org")


def test_una_falla_nuestra_tambien_lleva_cabeceras_y_no_dice_que_fue(capsys: pytest.CaptureFixture[str]) -> None:
    async def rota(*_: Any) -> None:
        raise RuntimeError("/ruta/secreta")

    enviados: list[dict[str, Any]] = []

    async def enviar(mensaje: dict[str, Any]) -> None:
        enviados.append(mensaje)

    scope = {"type": "http", "method": "GET", "path": "/", "raw_path": b"/", "query_string": b"", "headers": []}
    correr(con_cabeceras(rota)(scope, None, enviar))
    assert enviados[0]["status"] == 500
    assert set(CABECERAS.items()) <= set(enviados[0]["headers"])
    assert b"secreta" not in enviados[1]["body"]
    assert "/ruta/secreta" in capsys.readouterr().err
