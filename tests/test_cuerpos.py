"""Cuánto acepta el servidor de verdad: poco de cualquiera; de quien ya entró, una foto entera, sin tocar el disco."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from http.client import HTTPConnection

import pytest

from recoleccion import servir
from recoleccion.consultas import evidencias
from tests.atendida import atendiendo
from tests.fotos import de_telefono
from tests.recoleccion.vistas.oficina import Oficina

MEGA = 1_048_576


@pytest.fixture
def puerto(app) -> Iterator[int]:
    with atendiendo(servir.servidor_web(app, servir.escuchar("127.0.0.1", 0))) as puerto:
        yield puerto


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


@pytest.fixture
def sin_temporales(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Quién quiso escribir en un archivo temporal."""
    abiertos: list[str] = []
    de_veras = tempfile.TemporaryFile

    def anotando(*como, **mas):
        abiertos.append("temporal")
        return de_veras(*como, **mas)

    for nombre in (
        "tempfile.TemporaryFile",
        "werkzeug.formparser.TemporaryFile",
        "werkzeug.formparser.SpooledTemporaryFile",
    ):
        monkeypatch.setattr(nombre, anotando, raising=False)
    return abiertos


def mandar(puerto: int, direccion: str, foto: bytes, quien: Oficina | None, clase: str = "hoja") -> tuple[int, str]:
    """Como un navegador sin guiones; lo que contestó, leído."""
    campos = {"csrf_token": quien.ficha() if quien else "", "clase": clase}
    partes = [f'name="{campo}"\r\n\r\n{valor}'.encode() for campo, valor in campos.items()]
    partes.append(b'name="fotos"; filename="IMG_1.jpg"\r\nContent-Type: image/jpeg\r\n\r\n' + foto)
    cuerpo = b"".join(b"--corte\r\nContent-Disposition: form-data; " + parte + b"\r\n" for parte in partes)
    galleta = quien.cliente.get_cookie("sesion") if quien else None
    encabezados = {"Content-Type": "multipart/form-data; boundary=corte"}
    if galleta:
        encabezados["Cookie"] = f"sesion={galleta.value}"
    with closing(HTTPConnection("127.0.0.1", puerto, timeout=30)) as con:
        con.request("POST", direccion, cuerpo + b"--corte--\r\n", encabezados)
        respuesta = con.getresponse()
        return respuesta.status, " ".join(unescape(re.sub(r"<[^>]+>", " ", respuesta.read().decode())).split())


def test_una_foto_de_varios_megas_entra_y_no_pasa_por_el_disco(puerto, titular, base, elenco, sin_temporales):
    foto = de_telefono(900, 700)
    foto += bytes(5 * MEGA)  # lo que sobra después del final no estorba a quien la lee
    estado, _ = mandar(puerto, f"/panel/eventos/{elenco.evento_id}/evidencias", foto, titular)
    assert estado == 303
    assert evidencias.cuantas(base, [elenco.evento_id]) == {elenco.evento_id: 1}
    assert sin_temporales == []


def test_una_de_treinta_megas_se_dice_en_palabras(puerto, titular, base, elenco, sin_temporales):
    foto = b"\xff\xd8\xff" + bytes(30 * MEGA)
    estado, dicho = mandar(puerto, f"/panel/eventos/{elenco.evento_id}/evidencias", foto, titular)
    assert estado == 422
    assert "IMG_1.jpg : La foto pesa más de 20 MB y no se guardó." in dicho
    assert evidencias.cuantas(base, [elenco.evento_id]) == {}
    assert sin_temporales == []


def anunciar(puerto: int, direccion: str, largo: int, galleta: str) -> int:
    """Qué se contesta a quien anuncia un cuerpo de ``largo`` bytes, antes de mandarlo."""
    with closing(HTTPConnection("127.0.0.1", puerto, timeout=30)) as con:
        con.putrequest("POST", direccion)
        for nombre, valor in (("Content-Length", str(largo)), ("Cookie", f"sesion={galleta}")):
            con.putheader(nombre, valor)
        con.endheaders()
        return con.getresponse().status


def test_quien_no_ha_entrado_no_manda_mas_de_dos_megas_ni_con_una_cookie_inventada(puerto, app, titular, elenco):
    direccion = f"/panel/eventos/{elenco.evento_id}/evidencias"
    desconocida = Oficina(app)
    desconocida.ficha()  # su cookie es nuestra y está firmada, pero no dice quién es
    de_nadie, buena = (quien.cliente.get_cookie("sesion").value for quien in (desconocida, titular))
    for galleta in ("", "inventada", de_nadie, buena[:-4] + "AAAA"):
        assert anunciar(puerto, direccion, 3 * MEGA, galleta) == 413
    assert anunciar(puerto, "/api/v1/lote", 3 * MEGA, buena) == 413
    assert anunciar(puerto, direccion, 97 * MEGA, buena) == 413


def test_el_control_lo_de_los_demas_si_pasa_por_un_temporal(puerto, sin_temporales):
    mandar(puerto, "/panel/entrar", bytes(MEGA), None)
    assert sin_temporales
