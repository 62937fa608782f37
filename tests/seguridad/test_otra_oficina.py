"""La titular de otra oficina: nada de lo suyo (galleta, permiso, código, sobre, tarjeta, llave, analista) sirve aquí.

Las dos oficinas salen de la misma carpeta, con los mismos números en la base: lo único distinto son sus llaves y lo que
cada una dio después. Si algo dependiera de adivinar un número y no de un secreto, aquí se vería.
"""

import json
import shutil
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest

from publicacion import analistas
from recoleccion.aplicacion import create_app
from recoleccion.consultas import ajustes, conexion, credenciales, dispositivos, llave, recepcion
from recoleccion.instalacion import Instalacion
from recoleccion.sellado import INFO_REGISTRO, b64
from recoleccion.vistas import api
from tests.elenco import HORA, Cliente, Reloj
from tests.llave import BARATO, FRASE
from tests.recoleccion.fabrica import Fabrica
from tests.recoleccion.vistas.oficina import Oficina


def _otra(de: Path, a: Path, semilla: int) -> SimpleNamespace:
    """Una oficina con los mismos renglones y llaves propias, como las que hace «jornada preparar»."""
    datos = Path(shutil.copytree(de, a / "datos"))
    for propia in ("servidor.pem", "sesion.key", "publicacion.key"):
        (datos / "claves" / propia).unlink()
    lugar = Instalacion(datos, Reloj())
    lugar.crear_claves()
    app = create_app(datos, reloj=Reloj(), azar=Random(semilla))
    app.test_client_class = Cliente
    return SimpleNamespace(
        app=app, lugar=lugar, azar=Random(semilla), base=lambda: closing(conexion.abrir(lugar.privada))
    )


@pytest.fixture(scope="module")
def oficinas(_datos_preparados, tmp_path_factory: pytest.TempPathFactory):
    """``(esta, otra, elenco)``."""
    preparados, elenco = _datos_preparados
    return (*(_otra(preparados, tmp_path_factory.mktemp(f"oficina{n}"), n) for n in (1, 2)), elenco)


def test_la_galleta_de_la_otra_no_abre_nada_aqui(oficinas) -> None:
    esta, otra, _ = oficinas
    suya = Oficina(otra.app, "titular").cliente.get_cookie("sesion").value
    cliente = esta.app.test_client()
    cliente.set_cookie("sesion", suya)
    assert cliente.get("/panel/eventos").headers["Location"].startswith("/panel/entrar")
    cliente = otra.app.test_client()
    cliente.set_cookie("sesion", suya)
    assert cliente.get("/panel/eventos").status_code == 200


def test_ni_aunque_se_sepa_la_llave_con_que_aqui_se_firman(oficinas) -> None:
    """Un número de sesión de allá, firmado con la llave de aquí: la sesión tiene que estar en esta base."""
    esta, otra, _ = oficinas
    with Oficina(otra.app, "titular").cliente.session_transaction() as de_alla:
        numero = dict(de_alla)
    cliente = esta.app.test_client()
    with cliente.session_transaction() as puesta:
        puesta.update(numero)
    assert cliente.get("/panel/eventos").headers["Location"].startswith("/panel/entrar")


def test_el_permiso_y_el_codigo_de_un_telefono_de_la_otra_no_sirven_aqui(oficinas) -> None:
    esta, otra, elenco = oficinas
    with otra.base() as db:
        permiso = dispositivos.alta(db, "Moto", elenco.promotora.id, HORA, otra.azar)[1]
        de_odk = dispositivos.alta(db, "ODK", elenco.promotora.id, HORA, otra.azar, clase="odk")[1]
        codigo = dispositivos.ofrecer_alta(db, elenco.promotora.id, HORA, otra.azar)[1]
    for oficina, paquete, lista in ((esta, 401, {401, 403, 404}), (otra, 200, {200})):
        cliente = oficina.app.test_client()
        cabeceras = {"Authorization": f"Bearer {permiso}"}
        assert cliente.get(f"{api.PREFIJO}/paquete", headers=cabeceras).status_code == paquete
        assert cliente.get(f"/openrosa/{de_odk}/formList").status_code in lista
    alta = {"codigo": codigo, "llave": b64(otra.lugar.sello.publica), "nombre": "Moto"}
    assert (
        esta.app.test_client().post(f"{api.PREFIJO}/alta", json=alta).get_json()["error"]["codigo"] == "codigo_de_alta"
    )


def test_lo_sellado_para_la_otra_aqui_no_abre_y_espera_a_la_vista(oficinas) -> None:
    esta, otra, elenco = oficinas
    registro = Fabrica(otra.lugar.sello, elenco.evento_id).asistencia(nombre="Ana")
    sobre = b64(otra.lugar.sello.sellar(json.dumps(registro).encode(), INFO_REGISTRO))
    estados = {}
    for nombre, oficina in (("esta", esta), ("otra", otra)):
        cuerpo = Fabrica(oficina.lugar.sello, elenco.evento_id).lote({"id": registro["id"], "sobre": sobre})
        with oficina.base() as db:
            acuse = recepcion.recibir_lote(db, cuerpo, dispositivo_id=None, sello=oficina.lugar.sello, ahora=HORA)
        estados[nombre] = acuse["acuses"][0]["estado"]
    assert estados == {"esta": "retenido", "otra": "aceptado"}


def test_la_tarjeta_de_la_otra_aqui_no_es_de_nadie(oficinas) -> None:
    esta, otra, _ = oficinas
    with otra.base() as db:
        _, token = credenciales.imprimir(db, 1, HORA, otra.azar)[0]
        assert credenciales.por_token(db, token) is not None
    with esta.base() as db:
        assert credenciales.por_token(db, token) is None


def test_la_frase_de_la_otra_no_abre_los_nombres_de_aqui(oficinas) -> None:
    """Lo que abre es la llave envuelta en esta base: con el disco de aquí y la frase de allá, nada."""
    esta, otra, _ = oficinas
    nueva = "otra frase larga de la otra oficina"
    with otra.base() as db:
        sello = llave.abrir(db, FRASE)
        assert sello is not None
        llave.cambiar_frase(db, sello, nueva, ahora=HORA, costo=BARATO)
        assert llave.abrir(db, nueva) is not None
    with esta.base() as db:
        assert llave.abrir(db, nueva) is None


def test_la_direccion_del_calendario_y_el_acceso_de_analista_tampoco(oficinas) -> None:
    esta, otra, _ = oficinas
    with otra.base() as db:
        ajustes.guardar(db, "calendario_llave", "llave-de-alla")
    with esta.base() as db:
        ajustes.guardar(db, "calendario_llave", "llave-de-aqui")
    assert esta.app.test_client().get("/panel/calendario/llave-de-alla.ics").status_code == 404
    assert otra.app.test_client().get("/panel/calendario/llave-de-alla.ics").status_code == 200
    hoy = HORA.date()
    token, _ = analistas.alta(analistas.ruta_de(otra.lugar.publica), "Inés", hoy=hoy, azar=otra.azar)
    padrones = [analistas.Padron(analistas.ruta_de(o.lugar.publica), lambda: hoy) for o in (esta, otra)]
    assert [padron.por_token(token) is not None for padron in padrones] == [False, True]


def test_el_navegador_conocido_de_la_otra_aqui_es_un_desconocido(oficinas) -> None:
    """La galleta que deja no esperar tras muchos fallos va firmada con la llave de su oficina."""
    from recoleccion.vistas import puerta

    esta, otra, elenco = oficinas
    de_alla = puerta.dar_pase(otra.lugar.secreto_sesion, elenco.titular, HORA)
    de_aqui = puerta.dar_pase(esta.lugar.secreto_sesion, elenco.titular, HORA)
    conocidos = {}
    for nombre, pase in (("allá", de_alla), ("aquí", de_aqui)):
        datos = {"usuario": "titular", "pase": pase}
        with esta.app.test_request_context("/panel/entrar", method="POST", data=datos):
            conocidos[nombre] = puerta._conocido("titular") is not None
    assert conocidos == {"allá": False, "aquí": True}


def test_el_control_con_las_mismas_llaves_si_se_entraria(oficinas, tmp_path: Path) -> None:
    """Si una oficina se empieza copiando a otra, la galleta de una abre la otra: por eso cada una se prepara."""
    _, otra, _ = oficinas
    copia = Path(shutil.copytree(otra.lugar.datos, tmp_path / "datos"))
    suya = Oficina(otra.app, "titular").cliente.get_cookie("sesion").value
    with otra.base() as db:
        conexion.vaciar_bitacora(db)
    shutil.copy(otra.lugar.privada, copia / "privada.db")
    cliente = create_app(copia, reloj=Reloj(HORA + timedelta(minutes=1))).test_client()
    cliente.set_cookie("sesion", suya)
    assert cliente.get("/panel/eventos").status_code == 200
