"""Eventos, cuentas, teléfonos, credenciales, avisos, directorio, POA, bitácora y respaldo."""

import time
from datetime import timedelta

import pytest
from fabrica import EVENTO, HORA, contar
from sqlite_utils.utils import sqlite3

from formularios.instrumento import incluidos
from recoleccion import reglas
from recoleccion.consultas import (
    ajustes,
    asistencias,
    avisos,
    bitacora,
    conexion,
    credenciales,
    cuarentena,
    cuentas,
    directorio,
    dispositivos,
    eventos,
    identidades,
    instrumentos,
    llave,
    poa,
    respaldo,
)
from recoleccion.errores import ErrorJornada
from tests.llave import FRASE


def codigo(que, *argumentos, **opciones) -> str:
    with pytest.raises(ErrorJornada) as error:
        que(*argumentos, **opciones)
    return error.value.codigo


# --- Eventos -----------------------------------------------------------------------------------------------------


def test_un_evento_se_lee_como_se_guardo(base, azar):
    id = eventos.crear(base, EVENTO | {"efemeride": "", "pide_telefono": True}, HORA, azar)
    evento = eventos.leer(base, id)
    assert {c: evento[c] for c in EVENTO if c not in ("lineas", "encuestas")} == {
        c: v for c, v in EVENTO.items() if c not in ("lineas", "encuestas")
    }
    assert (evento["efemeride"], evento["pide_telefono"], evento["pide_nombre"]) == (None, 1, 1)
    assert evento["lineas"] == ["A8", "M4"]
    assert [(e["instrumento"], e["version"]) for e in evento["encuestas"]] == [
        ("antes", 1),
        ("despues", 1),
        ("satisfaccion", 1),
    ]
    assert reglas.normalizar_clave(evento["clave"]) == evento["clave"]
    assert eventos.leer(base, "nada") is None


def test_actualizar_cambia_solo_lo_que_viene(base, azar):
    id = eventos.crear(base, EVENTO, HORA, azar)
    antes = eventos.leer(base, id)
    eventos.actualizar(base, id, {"sede": "Plaza", "encuestas": ["satisfaccion"], "lineas": []})
    despues = eventos.leer(base, id)
    assert (despues["sede"], despues["lineas"]) == ("Plaza", [])
    assert [e["instrumento"] for e in despues["encuestas"]] == ["satisfaccion"]
    assert {c for c in antes if antes[c] != despues[c]} == {"sede", "encuestas", "lineas", "revision"}


@pytest.mark.parametrize(
    ("cambios", "esperado"),
    [
        ({"titulo": ""}, "evento_datos"),
        ({"fecha": "25/11/2026"}, "evento_datos"),
        ({"hora_fin": "tarde"}, "evento_datos"),
        ({"lineas": ["Z9"]}, "linea_desconocida"),
        ({"encuestas": ["inventada"]}, "instrumento_no_existe"),
    ],
)
def test_un_evento_con_un_dato_malo_no_se_guarda_a_medias(base, azar, cambios, esperado):
    antes = contar(base, "evento")
    assert codigo(eventos.crear, base, EVENTO | cambios, HORA, azar) == esperado
    assert contar(base, "evento") == antes


def test_un_evento_de_otro_anio_toma_la_linea_del_programa_mas_cercano(base, azar):
    id = eventos.crear(base, EVENTO | {"fecha": "2025-12-05"}, HORA, azar)
    fila = base.execute("SELECT ejercicio FROM evento_linea WHERE evento_id = ?", [id]).fetchone()
    assert fila["ejercicio"] == 2026


def test_la_clave_se_cambia_y_la_anterior_queda_revocada(base, azar, elenco):
    nueva = eventos.nueva_clave(base, elenco.evento_id, HORA, azar)
    assert nueva != elenco.clave
    evento, revocada = eventos.por_clave(base, elenco.clave)
    assert (evento["id"], revocada, evento["clave"]) == (elenco.evento_id, True, nueva)
    assert eventos.por_clave(base, nueva)[1] is False
    assert eventos.por_clave(base, "ZZZZZZ") is None


def test_un_evento_pasa_solo_por_donde_se_puede(base, azar, sello):
    id = eventos.crear(base, EVENTO, HORA, azar)
    estado = lambda: eventos.leer(base, id)["estado"]  # noqa: E731
    eventos.abrir(base, id, HORA)
    assert estado() == "abierto"
    assert codigo(eventos.reabrir, base, id, HORA) == "transicion_invalida"
    eventos.cerrar(base, id, HORA, sello, azar)
    eventos.cerrar(base, id, HORA + timedelta(days=1), sello, azar)
    assert (estado(), eventos.leer(base, id)["cerrado_en"]) == ("cerrado", HORA.isoformat())
    for que in (eventos.abrir, eventos.cancelar):
        assert codigo(que, base, id, HORA) == "transicion_invalida"
    eventos.reabrir(base, id, HORA)
    eventos.cancelar(base, id, HORA)
    assert estado() == "cancelado"
    assert codigo(eventos.cerrar, base, id, HORA, sello, azar) == "transicion_invalida"
    assert codigo(eventos.abrir, base, "nada", HORA) == "evento_no_existe"


def test_la_lista_filtra_por_fecha_y_por_texto_sin_acentos(base, azar, elenco):
    otro = eventos.crear(base, EVENTO | {"fecha": "2026-12-01", "sede": "Plaza 100%"}, HORA, azar)
    assert [e["id"] for e in eventos.listar(base)] == [elenco.evento_id, otro]
    assert [e["id"] for e in eventos.listar(base, desde="2026-11-26")] == [otro]
    assert [e["id"] for e in eventos.listar(base, hasta="2026-11-25")] == [elenco.evento_id]
    assert [e["id"] for e in eventos.listar(base, texto=" plÁza ")] == [otro]
    assert [e["id"] for e in eventos.listar(base, texto=elenco.clave.lower())] == [elenco.evento_id]
    assert [e["id"] for e in eventos.listar(base, texto="100%")] == [otro]
    assert eventos.listar(base, texto="_") == []


# --- Asistencias -------------------------------------------------------------------------------------------------


def test_la_lista_para_firmar_lleva_nombres_y_no_conteos(base, fabrica):
    fabrica.mandar(
        base,
        fabrica.asistencia(nombre="Zoila Prueba", telefono="3781112233"),
        fabrica.asistencia(nombre="ana prueba"),
        fabrica.asistencia(),
        fabrica.conteo(personas=7),
    )
    filas = identidades.mostrar(asistencias.lista(base, fabrica.evento_id), llave.abrir(base, FRASE))
    assert [(r["nombre"], r["telefono"]) for r in filas] == [
        ("ana prueba", None), ("Zoila Prueba", "3781112233"), (None, None),
    ]  # fmt: skip
    vivo = asistencias.vivo(base, fabrica.evento_id)
    assert (vivo["total"], vivo["por_modo"]) == (10, {"conteo": 7, "promotora": 3})
    assert (vivo["por_sexo"], vivo["por_edad"]) == ({"H": 7, "M": 3}, {"18-29": 7, "30-44": 3})
    assert "Prueba" not in str(vivo)


# --- Cuentas y teléfonos -----------------------------------------------------------------------------------------


def test_solo_entra_quien_sabe_su_contrasena(base, elenco):
    assert cuentas.autenticar(base, " TITULAR ", elenco.contrasena) == elenco.titular
    for usuario, contrasena in (("titular", "otra cosa"), ("nadie", elenco.contrasena), ("", "")):
        assert cuentas.autenticar(base, usuario, contrasena) is None
    base.execute("UPDATE cuenta SET activa = 0 WHERE usuario = 'titular'")
    assert cuentas.autenticar(base, "titular", elenco.contrasena) is None


def test_un_usuario_que_no_existe_cuesta_lo_mismo(base, elenco):
    def tarda(usuario: str) -> float:
        inicio = time.process_time()
        cuentas.autenticar(base, usuario, "no es esta")
        return time.process_time() - inicio

    cuentas.autenticar(base, "nadie", "para que exista el resumen")
    existe, no_existe = min(tarda("titular") for _ in range(2)), min(tarda("nadie") for _ in range(2))
    assert no_existe > existe / 3


def test_la_contrasena_no_esta_en_la_base(base, elenco, datos):
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert elenco.contrasena.encode() not in (datos / "privada.db").read_bytes()
    resumen = base.execute("SELECT contrasena FROM cuenta LIMIT 1").fetchone()[0]
    assert resumen.startswith("$argon2id$")


def test_una_cuenta_mal_hecha_no_se_crea(base):
    buena = {"usuario": "nueva", "nombre": "N", "rol": "promotora", "contrasena": "ocho letras", "ahora": HORA}
    for cambios, esperado in (
        ({"usuario": "  "}, "usuario_vacio"),
        ({"usuario": "Titular"}, "usuario_repetido"),
        ({"contrasena": "corta"}, "contrasena_corta"),
        ({"rol": "jefa"}, "rol_desconocido"),
    ):
        assert codigo(cuentas.crear, base, **(buena | cambios)) == esperado
    assert cuentas.leer(base, cuentas.crear(base, **buena)).usuario == "nueva"


def test_un_telefono_envia_hasta_que_se_le_revoca_aunque_se_desactive_su_cuenta(base, azar, elenco):
    id, token = dispositivos.alta(base, "Moto de Rosa", elenco.promotora.id, HORA, azar)
    assert dispositivos.por_token(base, token)["id"] == id
    assert dispositivos.por_token(base, token[:-1]) is None
    assert token not in str([dict(f) for f in base.execute("SELECT * FROM dispositivo")])
    cuentas.desactivar(base, elenco.promotora.id)
    assert dispositivos.por_token(base, token)["id"] == id
    dispositivos.revocar(base, id, HORA)
    assert dispositivos.por_token(base, token)["revocado_en"] == HORA.isoformat()
    assert dispositivos.listar(base)[0]["revocado_en"] == HORA.isoformat()


# --- Credenciales ------------------------------------------------------------------------------------------------


def test_quinientas_credenciales_son_distintas_y_su_secreto_no_se_guarda(base, datos, azar):
    nuevas = credenciales.imprimir(base, 500, HORA, azar)
    assert len({folio for folio, _ in nuevas}) == len({token for _, token in nuevas}) == 500
    assert all(reglas.folio_valido(folio) for folio, _ in nuevas)
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    contenido = (datos / "privada.db").read_bytes()
    assert nuevas[0][0].encode() in contenido
    assert not any(token.encode() in contenido for _, token in nuevas)
    lista = credenciales.lista_para_telefono(base)["lista"]
    assert [fila[3] for fila in lista] != [folio for folio, _ in nuevas]  # sin el orden en que se imprimieron


def test_una_credencial_se_encuentra_se_revoca_y_sigue_siendo_suya(base, azar):
    ((folio, token),) = credenciales.imprimir(base, 1, HORA, azar)
    assert credenciales.por_token(base, token)["folio"] == folio
    assert credenciales.por_token(base, "J1" + "0" * 28) is None
    credenciales.revocar(base, folio, HORA)
    assert credenciales.por_token(base, token)["revocada_en"] == HORA.isoformat()
    assert credenciales.lista_para_telefono(base)["lista"][0][2] == 1
    assert codigo(credenciales.revocar, base, "00000000", HORA) == "credencial_no_existe"


# --- Avisos, directorio, encuestas, POA, bitácora ----------------------------------------------------------------


def test_un_aviso_nuevo_es_otra_version_y_el_anterior_se_conserva(base):
    anterior = avisos.vigente(base)
    textos = {"simplificado": "S", "integral": "I", "leido": "L"}
    version = avisos.nuevo(base, **textos, ahora=HORA)
    assert version == anterior["version"] + 1
    assert avisos.nuevo(base, **textos, ahora=HORA) == version
    assert avisos.vigente(base)["simplificado"] == "S"
    assert avisos.leer(base, anterior["version"]) == anterior


def test_sin_aviso_se_dice(tmp_path):
    conexion.preparar(tmp_path / "p.db")
    db = conexion.abrir(tmp_path / "p.db")
    assert codigo(avisos.vigente, db) == "sin_aviso"
    db.close()


def test_el_directorio_alimenta_la_ayuda_y_sembrarlo_no_pisa_lo_escrito(base):
    cuantas = len(directorio.listar(base))
    id = directorio.guardar(base, {"nombre": "DIF", "servicio": "Psicología", "telefono": "3787150000", "propia": True})
    directorio.sembrar(base, [{"nombre": "x", "servicio": "x", "telefono": "x"}])
    assert len(directorio.ayuda(base)) == cuantas + 1
    assert directorio.ayuda(base)[-1]["id"] == id
    directorio.guardar(base, directorio.leer(base, id) | {"telefono": "3787159999", "en_ayuda": False})
    assert directorio.leer(base, id)["telefono"] == "3787159999"
    assert len(directorio.ayuda(base)) == cuantas
    assert directorio.quitar(base, id, HORA)
    assert directorio.leer(base, id) is None


def test_un_instrumento_guardado_no_cambia_sin_otra_version(base):
    antes = incluidos()["antes"]
    instrumentos.asegurar(base, antes)
    assert instrumentos.leer(base, "antes", 1) == antes
    cambiado = type(antes).de_dict(antes.a_dict() | {"titulo": "Otro"})
    assert codigo(instrumentos.asegurar, base, cambiado) == "instrumento_cambio"
    instrumentos.asegurar(base, type(antes).de_dict(cambiado.a_dict() | {"version": 2}))
    assert instrumentos.ultima_version(base, "antes") == 2
    assert {i["clave"]: i["version"] for i in instrumentos.listar(base)}["antes"] == 2
    assert codigo(instrumentos.leer, base, "antes", 9) == "instrumento_no_existe"


def test_un_evento_conserva_la_version_de_encuesta_con_la_que_nacio(base, elenco):
    antes = incluidos()["antes"]
    instrumentos.asegurar(base, type(antes).de_dict(antes.a_dict() | {"version": 2}))
    eventos.actualizar(base, elenco.evento_id, {"encuestas": ["antes"]})
    assert eventos.leer(base, elenco.evento_id)["encuestas"][0]["version"] == 1


def test_las_lineas_del_poa_se_siembran_una_vez_y_se_les_ponen_metas(base):
    lineas = poa.listar(base, 2026)
    assert len(lineas) == 16
    assert lineas[0]["meta_anual"] is None
    metas = {"indicador": "talleres", "meta_anual": 24, "t1": 6, "linea_base": ""}
    poa.guardar(base, 2026, "M4", metas, ahora=HORA, quien="titular")
    poa.sembrar(base, 2026, [{"clave": "M4", "tipo": "meta", "texto": "otro"}])
    m4 = next(linea for linea in poa.listar(base, 2026) if linea["clave"] == "M4")
    assert (m4["indicador"], m4["meta_anual"], m4["t1"], m4["linea_base"]) == ("talleres", 24, 6, None)
    assert m4["texto"].startswith("Implementar talleres")
    assert poa.ejercicios(base) == [2026]
    assert codigo(poa.guardar, base, 2026, "Z1", {"t1": 1}, ahora=HORA, quien="titular") == "linea_no_existe"


def test_la_bitacora_no_se_cambia_ni_se_borra(base):
    bitacora.anotar(base, HORA, "titular", "cerrar", "evento", "12 sobres")
    assert bitacora.listar(base)[0]["accion"] == "cerrar"
    for orden in ("UPDATE bitacora SET quien = 'otra'", "DELETE FROM bitacora"):
        with pytest.raises(sqlite3.IntegrityError, match="bitacora"):
            base.execute(orden)


def test_lo_de_la_cuarentena_se_resuelve_y_se_conserva(base, fabrica):
    fabrica.recibir(base, {"id": "x", "sobre": "AAAA"})
    (pendiente,) = cuarentena.listar(base)
    assert pendiente["mensaje"]
    assert "bytes" not in pendiente
    assert cuarentena.resolver(base, [pendiente["id"]], "Era una prueba", HORA) == 1
    assert (cuarentena.contar(base), cuarentena.listar(base)) == (0, [])
    assert cuarentena.listar(base, resueltas=True)[0]["resolucion"] == "Era una prueba"
    assert contar(base, "cuarentena") == 1


def test_los_ajustes_se_guardan_y_tienen_omision(base):
    assert ajustes.leer(base, "no_esta") is None
    assert ajustes.leer(base, "no_esta", "omisión") == "omisión"
    ajustes.guardar(base, "oficina", "Otra")
    assert ajustes.leer(base, "oficina") == "Otra"


# --- Respaldo ----------------------------------------------------------------------------------------------------


def test_una_copia_se_abre_trae_lo_mismo_y_no_lo_borrado(base, fabrica, tmp_path, azar):
    fabrica.mandar(base, fabrica.asistencia(nombre="Nombre Borrado"), fabrica.conteo())
    base.execute("DELETE FROM identidad")
    destino = tmp_path / "copia.db"
    respaldo.copiar(base, destino)
    assert destino.stat().st_mode & 0o077 == 0
    assert b"Nombre Borrado" not in destino.read_bytes()
    assert not destino.with_name("copia.db.nuevo").exists()
    conexion.verificar(destino)
    copia = conexion.abrir(destino)
    assert contar(copia, "asistencia") == 2
    vieja = ajustes.leer(copia, "epoca")
    assert respaldo.nueva_epoca(copia, azar) == ajustes.leer(copia, "epoca") != vieja
    copia.close()
    assert codigo(respaldo.copiar, base, destino) == "respaldo_existe"


def test_una_copia_que_no_se_puede_hacer_no_deja_nada(base, tmp_path):
    assert codigo(respaldo.copiar, base, tmp_path / "no_existe" / "copia.db") == "respaldo_fallido"
    assert list(tmp_path.glob("copia*")) == []
