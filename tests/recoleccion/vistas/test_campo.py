"""La parte de servidor del teléfono de la promotora: entrar, alta, paquete, lote y la aplicación sin señal."""

import json
import re
import shutil
from pathlib import Path

import pytest

from recoleccion import paquete
from recoleccion.consultas import avisos, credenciales, cuentas, dispositivos, eventos
from recoleccion.reglas import nuevo_id
from recoleccion.sellado import INFO_REGISTRO, b64, de_b64
from recoleccion.vistas import aplicacion_campo
from tests.elenco import CONTRASENA, HORA, evento_de_prueba

NOMBRE = "Guadalupe Íñiguez"


def entrar(cliente, usuario="promotora", contrasena=CONTRASENA):
    pagina = cliente.get("/campo/entrar").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', pagina)[1]
    return cliente.post("/campo/entrar", data={"usuario": usuario, "contrasena": contrasena, "csrf_token": token})


@pytest.fixture
def llave(base, elenco, azar) -> str:
    return dispositivos.alta(base, "Teléfono de prueba", elenco.promotora.id, HORA, azar)[1]


@pytest.fixture
def telefono(cliente, llave, instalacion, base, elenco, azar):
    """Manda registros como lo hace el teléfono."""

    class Telefono:
        direccion = "/api/v1/lote"

        def registro(self, tipo="asistencia", **datos):
            base_ = {"modo": "promotora", "sexo": "M", "edad": "30-44", "procedencia": "rancho"}
            aviso = {"aviso": avisos.vigente(base)["version"], "nombre": None, "telefono": None, "credencial": None}
            return {
                "v": 1, "id": nuevo_id(azar), "tipo": tipo, "evento": elenco.evento_id,
                "hora": HORA.isoformat(), "sesgo_ms": 0, "datos": base_ | aviso | datos,
            }  # fmt: skip

        def sellar(self, *registros):
            sobres = [b64(instalacion.sello.sellar(json.dumps(r).encode(), INFO_REGISTRO)) for r in registros]
            lista = [{"id": r["id"], "sobre": s} for r, s in zip(registros, sobres, strict=True)]
            return {"version": 1, "epoca": None, "enviado_en": HORA.isoformat(), "pendientes": len(lista), "app": "p",
                    "registros": lista}  # fmt: skip

        def mandar(self, cuerpo, llave=llave, **cabeceras):
            autorizacion = {"Authorization": f"Bearer {llave}"} if llave else {}
            datos = cuerpo if isinstance(cuerpo, bytes) else json.dumps(cuerpo).encode()
            tipo = cabeceras.pop("content_type", "application/json")
            return cliente.post(self.direccion, data=datos, content_type=tipo, headers=autorizacion | cabeceras)

    return Telefono()


# --- Entrar y dar de alta el teléfono ----------------------------------------------------------------------------


def test_entrar_mal_se_dice_junto_al_campo_y_conserva_el_usuario(cliente):
    respuesta = entrar(cliente, contrasena="otra cosa")
    pagina = respuesta.get_data(as_text=True)
    assert respuesta.status_code == 422
    assert "no coinciden" in pagina
    assert 'value="promotora"' in pagina
    assert "otra cosa" not in pagina


def test_una_cuenta_que_no_es_de_campo_no_se_queda_adentro(cliente, base):
    cuentas.crear(base, usuario="ana", nombre="Ana", rol="analista", contrasena=CONTRASENA, ahora=HORA)
    assert entrar(cliente, "ana").status_code == 422
    assert cliente.get("/api/v1/dispositivo").status_code == 401


def test_el_alta_da_una_llave_que_sirve_y_cierra_la_sesion(cliente, base, elenco):
    assert entrar(cliente).headers["Location"].endswith("/campo/#/preparar")
    quien = cliente.get("/api/v1/dispositivo").json
    assert quien["nombre"] == "Rosa"
    alta = cliente.post("/api/v1/dispositivo", json={"nombre": "  Moto G "}, headers={"X-CSRFToken": quien["csrf"]})
    assert alta.status_code == 201
    [dispositivo] = dispositivos.listar(base)
    assert (dispositivo["id"], dispositivo["nombre"]) == (alta.json["dispositivo"], "Moto G")
    assert dispositivo["cuenta_id"] == elenco.promotora.id
    paquete = cliente.get("/api/v1/paquete", headers={"Authorization": f"Bearer {alta.json['token']}"})
    assert paquete.status_code == 200
    assert cliente.get("/api/v1/dispositivo").status_code == 401, "la sesión sigue abierta en un teléfono prestable"


def test_sin_el_token_csrf_no_hay_alta(cliente, base):
    entrar(cliente)
    assert cliente.post("/api/v1/dispositivo", json={"nombre": "x"}).status_code == 400
    assert dispositivos.listar(base) == []


# --- El paquete --------------------------------------------------------------------------------------------------


def test_el_paquete_trae_lo_del_contrato_y_ningun_nombre(cliente, telefono, llave, base, elenco, instalacion, azar):
    credenciales.imprimir(base, 3, HORA, azar)
    lejos = eventos.crear(base, evento_de_prueba(fecha="2026-12-24"), HORA, azar)
    cancelado = eventos.crear(base, evento_de_prueba(titulo="No se hizo"), HORA, azar)
    eventos.cancelar(base, cancelado, HORA)
    telefono.mandar(telefono.sellar(telefono.registro(nombre=NOMBRE, telefono="3481234567")))
    respuesta = cliente.get("/api/v1/paquete", headers={"Authorization": f"Bearer {llave}"})
    paquete = respuesta.json
    assert respuesta.headers["Cache-Control"] == "no-store"
    assert [e["id"] for e in paquete["eventos"]] == [elenco.evento_id]
    assert lejos not in respuesta.get_data(as_text=True)
    assert NOMBRE not in json.dumps(paquete, ensure_ascii=False)
    assert "3481234567" not in respuesta.get_data(as_text=True)
    assert de_b64(paquete["clave_servidor"]) == instalacion.sello.publica
    assert paquete["app"] == aplicacion_campo.version()
    assert ["M", "Mujer"] in paquete["catalogos"]["sexo"]
    assert len(paquete["credenciales"]["lista"]) == 3
    evento = paquete["eventos"][0]
    assert evento["pide"] == {"nombre": True, "telefono": True, "procedencia": True}
    assert [e["instrumento"] for e in evento["encuestas"]] == ["antes", "despues", "satisfaccion", "reconocer"]


def test_donde_habra_fotos_el_telefono_lo_lee_con_el_aviso(cliente, llave, base, elenco):
    def dicho() -> str | None:
        (evento,) = cliente.get("/api/v1/paquete", headers={"Authorization": f"Bearer {llave}"}).json["eventos"]
        return evento["aviso_fotos"]

    assert dicho() is None
    eventos.actualizar(base, elenco.evento_id, {"avisa_fotos": True})
    assert "se toman fotos" in dicho()


def test_la_encuesta_del_paquete_pregunta_y_no_trae_respuestas_ni_guiones(cliente, llave):
    paquete = cliente.get("/api/v1/paquete", headers={"Authorization": f"Bearer {llave}"}).json
    antes, despues = paquete["eventos"][0]["encuestas"][:2]
    assert 'name="K1"' in antes["html"]
    assert "Pregunta 12 de 12" in antes["html"]
    assert "Código Violeta" in despues["cierre"]
    assert "f-correctas" not in antes["html"] + antes["cierre"]
    for encuesta in (antes, despues):
        assert not re.search(r"<script|style=| on\w+=", encuesta["html"] + encuesta["cierre"])


@pytest.mark.parametrize("autorizacion", [None, "Bearer ", "Bearer D1falsa", "Basic abc"])
def test_sin_llave_buena_no_hay_paquete_ni_se_recibe_nada(cliente, telefono, base, autorizacion):
    cabeceras = {"Authorization": autorizacion} if autorizacion else {}
    respuesta = cliente.get("/api/v1/paquete", headers=cabeceras)
    assert respuesta.status_code == 401
    assert respuesta.json["error"]["codigo"] == "token_invalido"
    assert telefono.mandar(telefono.sellar(telefono.registro()), llave=None, **cabeceras).status_code == 401
    assert base.execute("SELECT count(*) FROM asistencia").fetchone()[0] == 0


def test_un_telefono_dado_de_baja_no_descarga_y_lo_que_manda_se_guarda_aparte(cliente, telefono, llave, base):
    dispositivos.revocar(base, dispositivos.listar(base)[0]["id"], HORA)
    respuesta = cliente.get("/api/v1/paquete", headers={"Authorization": f"Bearer {llave}"})
    assert (respuesta.status_code, respuesta.json["error"]["codigo"]) == (403, "dispositivo_revocado")
    [acuse] = telefono.mandar(telefono.sellar(telefono.registro())).json["acuses"]
    assert (acuse["estado"], acuse["codigo"]) == ("retenido", "dispositivo_revocado")
    assert base.execute("SELECT count(*) FROM cuarentena").fetchone()[0] == 1
    assert base.execute("SELECT count(*) FROM asistencia").fetchone()[0] == 0


# --- El lote -----------------------------------------------------------------------------------------------------


def test_un_lote_se_guarda_una_vez_aunque_llegue_dos(telefono, base):
    cuerpo = telefono.sellar(telefono.registro(nombre=NOMBRE), telefono.registro(sexo="H"))
    primero, segundo = telefono.mandar(cuerpo), telefono.mandar(cuerpo)
    assert [a["estado"] for a in primero.json["acuses"]] == ["aceptado", "aceptado"]
    assert [a["estado"] for a in segundo.json["acuses"]] == ["repetido", "repetido"]
    assert base.execute("SELECT count(*) FROM asistencia").fetchone()[0] == 2


def test_un_telefono_con_la_aplicacion_de_antes_sigue_enviando(cliente, telefono, llave, base):
    """Habla con ``/campo/api``: lo pendiente de un teléfono que no se ha actualizado también entra, y una sola vez."""
    telefono.direccion = "/campo/api/lote"
    cuerpo = telefono.sellar(telefono.registro())
    assert telefono.mandar(cuerpo).json["acuses"][0]["estado"] == "aceptado"
    assert telefono.mandar(cuerpo, llave="D1falsa").json["error"]["codigo"] == "token_invalido"
    telefono.direccion = "/api/v1/lote"
    assert telefono.mandar(cuerpo).json["acuses"][0]["estado"] == "repetido"
    cabeceras = {"Authorization": f"Bearer {llave}"}
    anterior, nuevo = (cliente.get(f"{p}/paquete", headers=cabeceras).json for p in ("/campo/api", "/api/v1"))
    assert anterior == nuevo
    assert cliente.get("/campo/api/salud").json["version"] == 1


def test_el_lote_no_necesita_cookie_ni_csrf_pero_si_venir_de_aqui(telefono, base):
    cuerpo = telefono.sellar(telefono.registro())
    assert telefono.mandar(cuerpo, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert telefono.mandar(cuerpo, **{"Origin": "https://otro.example"}).status_code == 403
    assert base.execute("SELECT count(*) FROM asistencia").fetchone()[0] == 0
    respuesta = telefono.mandar(cuerpo, **{"Sec-Fetch-Site": "same-origin"})
    assert respuesta.status_code == 200
    assert "Set-Cookie" not in respuesta.headers


@pytest.mark.parametrize("cuerpo", [b"", b"{", b"[]", b'{"version":1}', b"\xff\xfe", b"null"])
def test_lo_que_no_es_un_lote_se_rechaza_en_palabras(telefono, cuerpo):
    respuesta = telefono.mandar(cuerpo)
    assert respuesta.status_code == 400
    assert respuesta.json["version"] == 1
    assert respuesta.json["error"]["codigo"] == "lote_ilegible"


def test_un_lote_que_no_dice_ser_json_se_rechaza(telefono):
    cuerpo = telefono.sellar(telefono.registro())
    assert telefono.mandar(cuerpo, content_type="text/plain").status_code == 400


def test_un_lote_enorme_pide_partirse(telefono):
    assert telefono.mandar(b"x" * 2_000_000).status_code == 413


def test_un_registro_malo_no_detiene_a_los_demas(telefono, base):
    cuerpo = telefono.sellar(telefono.registro(), telefono.registro())
    cuerpo["registros"].insert(1, {"id": "no es un id", "sobre": "basura"})
    estados = [a["estado"] for a in telefono.mandar(cuerpo).json["acuses"]]
    assert estados == ["aceptado", "retenido", "aceptado"]
    assert base.execute("SELECT count(*) FROM asistencia").fetchone()[0] == 2


# --- La aplicación sin señal -------------------------------------------------------------------------------------


def test_la_aplicacion_no_lleva_nada_de_nadie(cliente, elenco):
    sin_sesion = cliente.get("/campo/").get_data()
    entrar(cliente)
    con_sesion = cliente.get("/campo/")
    assert con_sesion.get_data() == sin_sesion
    assert con_sesion.headers["Cache-Control"] == "no-cache"
    assert b"<script>" not in sin_sesion
    assert b"style=" not in sin_sesion


def test_todo_lo_que_el_worker_guarda_existe_y_alcanza(cliente):
    respuesta = cliente.get("/campo/sw.js")
    assert respuesta.mimetype == "text/javascript"
    datos = json.loads(re.match(r"self\.JORNADA = (.*);\n", respuesta.get_data(as_text=True))[1])
    for direccion in datos["archivos"]:
        assert cliente.get(direccion).status_code == 200, direccion
    for hace_falta in ("/campo/", "/campo/lector.js", "/static/vendor/hpke.js", "/static/vendor/zxing_reader.wasm",
                       "/static/js/pantallas/registrar.js", "/static/css/formularios.css"):  # fmt: skip
        assert hace_falta in datos["archivos"]
    assert "/campo/sw.js" not in datos["archivos"]
    pedidos = re.findall(r'(?:modulepreload" href|src)="([^"]+)"', cliente.get("/campo/").get_data(as_text=True))
    assert set(pedidos) <= set(datos["archivos"])
    assert "/static/js/app.js" in pedidos


def _importa_al_abrir(ruta: Path, vistos: set[Path]) -> set[Path]:
    """Lo que ``ruta`` arrastra con ``import … from``; un ``import()`` espera a que haga falta."""
    if ruta not in vistos:
        vistos.add(ruta)
        for relativa in re.findall(r'^(?:import|export|\}) ?[^;"]*?from "(\.[^"]+)";', ruta.read_text("utf-8"), re.M):
            _importa_al_abrir((ruta.parent / relativa).resolve(), vistos)
    return vistos


def test_lo_que_va_aparte_se_guarda_igual_y_abrir_no_lo_pide():
    estaticos = paquete.carpeta("static").resolve()
    aparte = set(aplicacion_campo.direcciones()) - set(aplicacion_campo.al_abrir())
    modulos = {f"/static/js/rescate/{ruta.name}" for ruta in (estaticos / "js" / "rescate").iterdir()}
    lector = {"/static/js/lector_obrero.js", "/static/vendor/lector.js", "/static/vendor/zxing_reader.wasm"}
    assert modulos | lector | {"/static/vendor/qr.js"} <= aparte
    al_abrir = _importa_al_abrir(estaticos / "js" / "app.js", set())
    pedidos = {f"/static/{ruta.relative_to(estaticos).as_posix()}" for ruta in al_abrir}
    assert len(pedidos) > 20
    assert pedidos <= set(aplicacion_campo.modulos())


def test_la_aplicacion_sin_lo_que_va_aparte_cabe_en_60_kb(cliente):
    total = 0
    for direccion in aplicacion_campo.al_abrir():
        total += len(cliente.get(direccion, headers={"Accept-Encoding": "br"}).get_data())
    assert total <= 60_000


def test_cambiar_un_archivo_cambia_la_version(tmp_path, monkeypatch):
    antes = aplicacion_campo.version()
    assert aplicacion_campo.version() == antes
    copia = tmp_path / "static"
    shutil.copytree(paquete.carpeta("static"), copia)
    original = paquete.carpeta
    monkeypatch.setattr(paquete, "carpeta", lambda nombre: copia if nombre == "static" else original(nombre))
    with (copia / "js" / "dom.js").open("a") as archivo:
        archivo.write("// otro comentario\n")
    assert aplicacion_campo.version() == antes  # no llega a ningún teléfono
    with (copia / "js" / "dom.js").open("a") as archivo:
        archivo.write("void 0;\n")
    assert aplicacion_campo.version() != antes


def test_el_manifiesto_se_queda_en_campo_y_sus_iconos_existen(cliente):
    respuesta = cliente.get("/campo/manifest.webmanifest")
    assert respuesta.mimetype == "application/manifest+json"
    manifiesto = respuesta.get_json(force=True)
    assert manifiesto["scope"] == manifiesto["start_url"] == "/campo/"
    assert all(cliente.get(icono["src"]).status_code == 200 for icono in manifiesto["icons"])


def test_salud_dice_que_es_la_oficina(cliente):
    assert cliente.get("/api/v1/salud").json["version"] == 1
