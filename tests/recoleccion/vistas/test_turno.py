"""Quién registra, del lado del servidor: decirlo con usuario y contraseña, guardarlo y no creer de más."""

import json

import pytest
from fabrica import Fabrica
from oficina import Oficina

from recoleccion.consultas import asistencias, cuarentena, cuentas, dispositivos, recepcion, versiones
from recoleccion.sellado import INFO_REGISTRO, b64
from tests.elenco import CONTRASENA, HORA


@pytest.fixture
def llave(base, elenco, azar) -> str:
    return dispositivos.alta(base, "Teléfono de prueba", elenco.promotora.id, HORA, azar)[1]


@pytest.fixture
def decir(cliente, llave):
    def pedir(usuario="promotora", contrasena=CONTRASENA, permiso=None, **cabeceras):
        return cliente.post(
            "/api/v1/turno",
            json={"usuario": usuario, "contrasena": contrasena},
            headers={"Authorization": f"Bearer {llave if permiso is None else permiso}", **cabeceras},
        )

    return pedir


def test_con_su_usuario_dice_quien_es_y_no_se_abre_ninguna_sesion(decir, cliente, elenco):
    respuesta = decir()
    dicho = respuesta.json
    assert (respuesta.status_code, dicho["cuenta"], dicho["nombre"]) == (
        200,
        elenco.promotora.id,
        elenco.promotora.nombre,
    )
    assert set(dicho) == {"version", "cuenta", "nombre", "marca"}
    assert "Set-Cookie" not in respuesta.headers
    assert respuesta.headers["Cache-Control"] == "no-store"
    assert cliente.get("/api/v1/dispositivo").status_code == 401


@pytest.mark.parametrize(
    ("usuario", "contrasena"),
    [("promotora", "no es esta"), ("nadie", CONTRASENA), ("", ""), ("promotora", "\ud800"), (None, None), (["a"], 1)],
)
def test_lo_que_no_coincide_se_dice_igual_exista_o_no_la_cuenta(decir, usuario, contrasena):
    respuesta = decir(usuario, contrasena)
    assert (respuesta.status_code, respuesta.json["error"]["codigo"]) == (422, "turno_no_coincide")


def test_quien_no_registra_en_campo_o_esta_desactivada_no_entra(decir, base, elenco):
    cuentas.crear(base, usuario="datos", nombre="Ana", rol="analista", contrasena=CONTRASENA, ahora=HORA)
    assert decir("datos").json["error"]["codigo"] == "turno_otro_papel"
    cuentas.desactivar(base, elenco.promotora.id)
    assert decir().json["error"]["codigo"] == "turno_no_coincide"


def test_sin_el_permiso_de_un_telefono_vigente_no_se_prueban_contrasenas(decir, cliente, base, llave):
    assert decir(permiso="D1falsa").status_code == 401
    assert decir(**{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    dispositivos.revocar(base, dispositivos.listar(base)[0]["id"], HORA)
    assert decir().json["error"]["codigo"] == "dispositivo_revocado"
    cabeceras = {"Authorization": f"Bearer {llave}"}
    assert cliente.get("/api/v1/turno", headers=cabeceras).json["error"]["codigo"] == "dispositivo_revocado"


def test_el_paquete_y_el_turno_dicen_quienes_siguen_sin_nombres_y_la_marca_cambia_con_la_contrasena(
    cliente, base, elenco, llave, decir
):
    cabeceras = {"Authorization": f"Bearer {llave}"}

    def siguen():
        paquete = cliente.get("/api/v1/paquete", headers=cabeceras)
        assert elenco.promotora.nombre not in paquete.get_data(as_text=True)
        turno = cliente.get("/api/v1/turno", headers=cabeceras).json
        assert turno["promotoras"] == paquete.json["promotoras"]
        return dict(turno["promotoras"])

    antes = siguen()
    assert set(antes) == {elenco.promotora.id, elenco.titular.id}
    assert antes[elenco.promotora.id] == decir().json["marca"]
    cuentas.cambiar_contrasena(base, elenco.promotora.id, "otra contraseña larga")
    despues = siguen()
    assert despues[elenco.promotora.id] != antes[elenco.promotora.id]
    assert despues[elenco.titular.id] == antes[elenco.titular.id]
    cuentas.desactivar(base, elenco.promotora.id)
    assert set(siguen()) == {elenco.titular.id}


# --- Lo que llega ------------------------------------------------------------------------------------------------


@pytest.fixture
def mandar(base, instalacion, elenco, azar):
    fabrica = Fabrica(instalacion.sello, elenco.evento_id, 5)
    dispositivo = dispositivos.alta(base, "Teléfono", elenco.promotora.id, HORA, azar)[0]

    def enviar(tipo: str, promotora: object, **datos):
        registro = (datos.pop("hecho", None) or getattr(fabrica, tipo)(**datos)) | {"promotora": promotora}
        sobre = b64(instalacion.sello.sellar(json.dumps(registro).encode(), INFO_REGISTRO))
        cuerpo = json.dumps({"version": 1, "registros": [{"id": registro["id"], "sobre": sobre}]}).encode()
        acuse = recepcion.recibir_lote(base, cuerpo, dispositivo_id=dispositivo, sello=instalacion.sello, ahora=HORA)[
            "acuses"
        ][0]
        return registro, acuse

    return enviar


def test_una_asistencia_un_conteo_y_una_anulacion_guardan_quien(mandar, base, elenco, instalacion):
    yo = elenco.promotora.id
    registro, _ = mandar("asistencia", yo)
    mandar("conteo", yo)
    fila = mandar("asistencia", None)[0]["id"]
    assert [f[0] for f in base.execute("SELECT promotora_id FROM asistencia ORDER BY promotora_id")] == [None, yo, yo]
    mandar("anulacion", yo, hecho=Fabrica(instalacion.sello, elenco.evento_id, 9).anulacion(fila))
    assert base.execute("SELECT promotora_id FROM anulacion").fetchone()[0] == yo
    assert asistencias.quienes(base, elenco.evento_id) == [{"nombre": elenco.promotora.nombre, "personas": 2}]
    assert registro["promotora"] == yo


@pytest.mark.parametrize(
    "promotora", ["00000000-0000-4000-8000-0000000000ff", "Rosa", "", 7, ["x"], {"a": 1}, True, "\ud800"]
)
def test_una_promotora_que_no_se_conoce_no_detiene_nada(mandar, base, elenco, promotora):
    for tipo in ("asistencia", "conteo"):
        assert mandar(tipo, promotora)[1]["estado"] == "aceptado"
    assert [f[0] for f in base.execute("SELECT promotora_id FROM asistencia")] == [None, None]
    assert asistencias.quienes(base, elenco.evento_id) == [{"nombre": None, "personas": 2}]


def test_lo_de_una_cuenta_desactivada_se_cuenta_sin_decir_quien(mandar, base, elenco):
    cuentas.desactivar(base, elenco.promotora.id)
    assert mandar("asistencia", elenco.promotora.id)[1]["estado"] == "aceptado"
    assert base.execute("SELECT promotora_id FROM asistencia").fetchone()[0] is None


def test_una_contestacion_que_trajera_promotora_no_la_deja_en_ninguna_parte(mandar, base, elenco):
    assert mandar("contestacion", elenco.promotora.id, S1="buena")[1]["estado"] == "aceptado"
    assert _menciones(base, elenco.promotora.id) == {"cuenta", "dispositivo"}
    mandar("asistencia", elenco.promotora.id)  # el control: así se vería
    assert _menciones(base, elenco.promotora.id) == {"cuenta", "dispositivo", "asistencia"}


def _menciones(base, id: str) -> set[str]:
    """Las tablas con alguna celda que diga este id."""
    tablas = [f[0] for f in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {t for t in tablas if any(id in str(celda) for fila in base.execute(f"SELECT * FROM {t}") for celda in fila)}


def test_la_pagina_del_evento_dice_a_la_titular_quien_registro_cuantas_y_a_nadie_mas(app, mandar, elenco):
    for promotora in (elenco.promotora.id, elenco.promotora.id, None):
        mandar("asistencia", promotora)
    direccion = f"/panel/eventos/{elenco.evento_id}"
    pagina = Oficina(app, "titular").get(direccion).text
    assert "Quién registró" in pagina
    assert f'<th scope="row">{elenco.promotora.nombre}</th><td class="n">2</td>' in pagina
    assert '<th scope="row">Sin decir quién</th><td class="n">1</td>' in pagina
    assert "Quién registró" not in Oficina(app, "promotora").get(direccion).text


def test_de_dos_versiones_se_ve_quien_hizo_cada_una_y_la_que_se_quita_lo_conserva(mandar, base, elenco, instalacion):
    sello, (una, otra) = instalacion.sello, (elenco.promotora, elenco.titular)
    registro, _ = mandar("asistencia", una.id)
    distinta = registro | {"datos": registro["datos"] | {"sexo": "H"}}
    assert mandar("asistencia", otra.id, hecho=distinta)[1]["estado"] == "conflicto"
    [espera] = cuarentena.listar(base)
    comparadas = versiones.comparar(base, espera["id"], sello)
    assert (comparadas["contada"]["promotora"], comparadas["llegada"]["promotora"]) == (una.nombre, otra.nombre)
    assert versiones.cambiar(base, espera["id"], motivo="era hombre", sello=sello, ahora=HORA)
    assert base.execute("SELECT promotora_id FROM asistencia").fetchone()[0] == otra.id
    quitada = next(f for f in cuarentena.guardadas(base) if f["id"] != espera["id"])
    assert recepcion.abrir_guardado(bytes(quitada["bytes"]), sello)["promotora"] == una.id
