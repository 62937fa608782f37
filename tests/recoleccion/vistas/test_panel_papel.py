"""Pasar al sistema una lista de papel: la rejilla, lo que se repite, el borrador y la hoja guardada."""

import re
from io import BytesIO

import pytest

from recoleccion.consultas import asistencias, credenciales, cuarentena, eventos, evidencias, papel, trimestres
from tests.elenco import HORA, evento_de_prueba
from tests.fotos import de_telefono
from tests.llave import FRASE, nombres, quitar_llave
from tests.recoleccion.vistas.oficina import Oficina, leer, registrar
from tests.recoleccion.vistas.rejilla import ANA, LUIS, Rejilla, personas


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


@pytest.fixture
def rejilla(titular, elenco) -> Rejilla:
    return Rejilla(titular, elenco.evento_id)


def test_una_hoja_se_pasa_con_letras_y_edades(rejilla, base, elenco):
    respuesta = rejilla.llenar(ANA, LUIS).mandar()
    assert respuesta.status_code == 303
    assert respuesta.headers["Location"] == f"/panel/papel/{rejilla.hoja}"
    filas = base.execute(
        "SELECT modo, sexo, edad, procedencia, hoja_id, hora_dispositivo FROM asistencia ORDER BY sexo"
    )
    assert [tuple(fila) for fila in filas] == [
        ("promotora", "H", "60+", "rancho", rejilla.hoja, None),
        ("promotora", "M", "30-44", "cabecera", rejilla.hoja, None),
    ]
    assert sorted(nombres(base).values()) == [("Ana López", None), ("Luis Pérez", "3781234567")]
    assert papel.leer(base, rejilla.hoja)["origen"] == "papel"
    assert "Se guardaron 2 personas" in rejilla.oficina.texto(respuesta.headers["Location"])
    assert asistencias.vivo(base, elenco.evento_id)["por_modo"] == {"papel": 2}
    assert "De una lista de papel 2" in rejilla.oficina.texto(f"/panel/eventos/{elenco.evento_id}")


def test_mandarla_otra_vez_o_recargarla_no_duplica_a_nadie(rejilla, base, elenco):
    rejilla.llenar(ANA, LUIS)
    mismos = {campo: list(valores) for campo, valores in rejilla.datos.items()}
    rejilla.mandar()
    rejilla.datos = mismos
    assert "2 renglones ya estaban guardados" in rejilla.oficina.texto(rejilla.mandar().headers["Location"])
    assert personas(base, elenco.evento_id) == 2
    assert rejilla.oficina.get(f"{rejilla.direccion}/lista?hoja={mismos['hoja'][0]}").status_code == 303
    assert base.execute("SELECT count(*) FROM bitacora WHERE accion = 'pasar lista de papel'").fetchone()[0] == 1


def test_si_a_la_hoja_se_le_agrega_un_renglon_solo_entra_ese(rejilla, base, elenco):
    rejilla.llenar(ANA).mandar()
    rejilla.llenar(ANA, LUIS).mandar()
    assert personas(base, elenco.evento_id) == 2
    assert cuarentena.contar(base) == 0


def test_lo_que_esta_mal_se_dice_en_su_renglon_y_no_se_pierde_nada(rejilla, base, elenco):
    malo = {"nombre": "Eva 3", "sexo": "M", "edad": "treinta", "procedencia": "", "telefono": "123"}
    respuesta = rejilla.llenar(ANA, malo).mandar()
    assert respuesta.status_code == 422
    dicho = leer(respuesta)
    assert "1 renglón por corregir" in dicho
    for frase in ("Un nombre no lleva números", "Escriba la edad en años", "El teléfono debe tener 10 números"):
        assert frase in dicho
    assert rejilla.datos["nombre"][:2] == ["Ana López", "Eva 3"]
    assert rejilla.datos["edad"][:2] == ["34", "treinta"]
    assert personas(base, elenco.evento_id) == 0
    bueno = {**malo, "nombre": "Eva", "edad": "30", "telefono": ""}
    assert rejilla.llenar(ANA, bueno).mandar().status_code == 303
    assert personas(base, elenco.evento_id) == 2


def test_lo_que_falta_se_senala_una_vez_y_se_guarda_como_no_dijo(rejilla, base):
    respuesta = rejilla.llenar({**ANA, "sexo": "", "edad": ""}).mandar()
    assert respuesta.status_code == 422
    assert "Falta el sexo y la edad" in leer(respuesta)
    assert rejilla.mandar().status_code == 303
    assert tuple(base.execute("SELECT sexo, edad FROM asistencia").fetchone()) == ("N", "nd")


def test_de_una_persona_menor_no_se_guarda_el_nombre(rejilla, base):
    rejilla.llenar({**ANA, "edad": "15"}).mandar()
    assert base.execute("SELECT edad FROM asistencia").fetchone()[0] == "12-17"
    assert nombres(base) == {}


# --- Lo que se repite ------------------------------------------------------------------------------------------


def test_un_nombre_repetido_en_la_hoja_se_senala_y_ella_decide(rejilla, base, elenco):
    otra = {**ANA, "nombre": "LOPEZ, ANA"}
    respuesta = rejilla.llenar(ANA, LUIS, otra).mandar()
    assert respuesta.status_code == 422
    assert "El mismo nombre está en el renglón 1." in leer(respuesta)
    assert personas(base, elenco.evento_id) == 0
    rejilla.mandar(omitir=rejilla.datos["id"][2])
    assert personas(base, elenco.evento_id) == 2


def test_si_son_dos_personas_se_guardan_las_dos(rejilla, base, elenco):
    rejilla.llenar(ANA, ANA).mandar()
    assert rejilla.mandar().status_code == 303
    assert personas(base, elenco.evento_id) == 2


def test_un_repetido_nuevo_se_vuelve_a_senalar_aunque_ya_se_haya_visto_otro(rejilla, base, elenco):
    rejilla.llenar(ANA, ANA).mandar()
    assert rejilla.llenar(ANA, ANA, LUIS, LUIS).mandar().status_code == 422
    assert personas(base, elenco.evento_id) == 0


def test_con_la_llave_abierta_se_senala_a_quien_ya_se_registro(rejilla, base, elenco, instalacion, azar):
    registrar(base, instalacion, elenco.evento_id, azar, nombre="Ana Lopez")
    registrar(base, instalacion, elenco.evento_id, azar, nombre="Otra", telefono="3781234567")
    rejilla.oficina.post("/panel/llave/apertura", razon="lista", frase=FRASE, next=rejilla.direccion)
    dicho = leer(rejilla.llenar(ANA, LUIS).mandar())
    assert "Alguien con ese nombre ya se registró." in dicho
    assert "Alguien ya se registró con ese teléfono." in dicho


def test_si_los_nombres_se_cerraron_mientras_tecleaba_se_dice_antes_de_guardar(
    rejilla, base, elenco, instalacion, azar, reloj
):
    registrar(base, instalacion, elenco.evento_id, azar, nombre="Ana Lopez")
    rejilla.oficina.post("/panel/llave/apertura", razon="lista", frase=FRASE, next=rejilla.direccion)
    rejilla.abrir().llenar(ANA)
    reloj.avanzar(minutes=16)
    assert "Los nombres se cerraron solos mientras tecleaba" in leer(rejilla.mandar())
    assert personas(base, elenco.evento_id) == 1
    assert rejilla.mandar().status_code == 303


def test_con_la_llave_cerrada_no_se_comparan_nombres_y_se_dice(rejilla, base, elenco, instalacion, azar):
    registrar(base, instalacion, elenco.evento_id, azar, nombre="Ana Lopez")
    assert "Comparar con quienes ya se registraron" in rejilla.respuesta.text
    assert rejilla.llenar(ANA).mandar().status_code == 303


def test_una_tarjeta_ya_registrada_se_senala_sin_abrir_nombres(rejilla, base, elenco, instalacion, azar):
    folio = credenciales.imprimir(base, 1, HORA, azar)[0][0]
    registrar(base, instalacion, elenco.evento_id, azar, modo="credencial", credencial=folio)
    respuesta = rejilla.llenar({**ANA, "nombre": f"Ana {folio[:4]} {folio[4:]}"}).mandar()
    assert respuesta.status_code == 422
    assert "Esa tarjeta ya está registrada en este evento." in leer(respuesta)
    rejilla.mandar()
    assert personas(base, elenco.evento_id) == 1  # una tarjeta se cuenta una vez por evento
    assert [n for n, _ in nombres(base).values()] == ["Ana"]


def test_un_folio_que_no_es_de_aqui_no_se_guarda_callado(rejilla, azar):
    from recoleccion import reglas

    ajeno = reglas.nuevo_folio(azar)
    assert "Ninguna tarjeta de la oficina tiene ese folio" in leer(rejilla.llenar({**ANA, "nombre": ajeno}).mandar())
    malo = ajeno[:-1] + str((int(ajeno[-1]) + 1) % 10)
    assert "Ese folio no está bien escrito" in leer(rejilla.llenar({**ANA, "nombre": malo}).mandar())


# --- El evento y la hoja ---------------------------------------------------------------------------------------


def test_sin_llave_o_sin_pedir_nombres_solo_hay_folio(base, titular, elenco):
    quitar_llave(base)
    rejilla = Rejilla(titular, elenco.evento_id)
    assert "telefono" not in rejilla.datos
    assert "Aquí va sólo el folio" in leer(rejilla.llenar({"nombre": "Ana", "sexo": "M", "edad": "34"}).mandar())
    rejilla.llenar({"nombre": "", "sexo": "M", "edad": "34", "procedencia": "otro"})
    assert rejilla.mandar().status_code == 303
    assert base.execute("SELECT count(*) FROM identidad").fetchone()[0] == 0


def test_un_evento_cerrado_recibe_su_hoja_una_sola_vez(rejilla, base, elenco, instalacion, azar):
    eventos.cerrar(base, elenco.evento_id, HORA, instalacion.sello, azar)
    rejilla.llenar(ANA, LUIS)
    mismos = {campo: list(valores) for campo, valores in rejilla.datos.items()}
    rejilla.mandar()
    rejilla.datos = mismos
    rejilla.mandar()
    assert personas(base, elenco.evento_id) == 2


def test_de_un_evento_que_no_ha_sido_no_hay_hojas(titular, base, azar):
    futuro = eventos.crear(base, evento_de_prueba(fecha="2026-11-26"), HORA, azar)
    assert "todavía no empieza" in leer(titular.get(f"/panel/eventos/{futuro}/papel/lista"))
    assert titular.post(f"/panel/eventos/{futuro}/papel/lista", id="x", nombre="Ana").status_code == 409
    assert personas(base, futuro) == 0


def test_en_un_trimestre_cerrado_se_dice_por_que_y_queda_anotado(titular, base, azar):
    viejo = eventos.crear(base, evento_de_prueba(fecha="2026-09-20"), HORA, azar)
    trimestres.cerrar(base, 2026, 3, ahora=HORA, quien="titular")
    rejilla = Rejilla(titular, viejo)
    respuesta = rejilla.llenar(ANA).mandar()
    assert respuesta.status_code == trimestres.ErrorJornada("trimestre_cerrado", trimestre="x", ejercicio=1).http_status
    assert rejilla.datos["nombre"][0] == "Ana López"
    assert personas(base, viejo) == 0
    assert rejilla.mandar(justificacion="Apareció la hoja").status_code == 303
    assert trimestres.cambios(base, 2026)[0]["justificacion"] == "Apareció la hoja"


def test_una_hoja_no_se_puede_usar_en_otro_evento(rejilla, base, azar):
    rejilla.llenar(ANA).mandar()
    otro = eventos.crear(base, evento_de_prueba(), HORA, azar)
    ajena = Rejilla(rejilla.oficina, otro)
    ajena.datos["hoja"] = [rejilla.hoja]
    assert ajena.llenar(LUIS).mandar().status_code == 409
    assert personas(base, otro) == 0


def test_la_hoja_guardada_ensena_nombres_solo_con_la_llave_y_lo_anota(rejilla, base):
    direccion = rejilla.llenar(ANA).mandar().headers["Location"]
    assert "Ana" not in rejilla.oficina.texto(direccion)
    rejilla.oficina.post("/panel/llave/apertura", razon="lista", frase=FRASE, next=direccion)
    assert "Ana López" in rejilla.oficina.texto(direccion)
    assert base.execute("SELECT detalle FROM bitacora WHERE accion = 'ver hoja de papel'").fetchone()[0] == (
        "1 nombre abierto"
    )


def test_un_renglon_se_quita_una_vez_y_solo_de_su_hoja(rejilla, base, elenco, instalacion, azar):
    registrar(base, instalacion, elenco.evento_id, azar)
    ajeno = base.execute("SELECT id FROM asistencia").fetchone()[0]
    direccion = rejilla.llenar(ANA, LUIS).mandar().headers["Location"]
    pagina = rejilla.oficina.get(direccion).text
    renglon, anulacion = re.search(
        r'name="renglon" value="([^"]+)"><input type="hidden" name="id" value="([^"]+)"', pagina
    ).groups()
    for _ in range(2):
        rejilla.oficina.post(f"{direccion}/baja", renglon=renglon, id=anulacion)
    rejilla.oficina.post(f"{direccion}/baja", renglon=ajeno)
    assert personas(base, elenco.evento_id) == 2
    assert base.execute("SELECT count(*) FROM anulacion").fetchone()[0] == 1
    anotado = base.execute("SELECT count(*) FROM bitacora WHERE accion = 'quitar de una hoja de papel'")
    assert anotado.fetchone()[0] == 1, "quitarla otra vez no se anota: no cambió nada"


def test_una_hoja_que_era_de_otro_evento_se_quita_entera(rejilla, base, elenco, instalacion, azar):
    registrar(base, instalacion, elenco.evento_id, azar)
    direccion = rejilla.llenar(ANA, LUIS).mandar().headers["Location"]
    for _ in range(2):
        rejilla.oficina.post(f"{direccion}/baja", todos="1")
    assert personas(base, elenco.evento_id) == 1
    assert "De esta hoja ya no se cuenta a nadie" in rejilla.oficina.texto(direccion)
    assert base.execute("SELECT count(*) FROM anulacion").fetchone()[0] == 2


def test_al_guion_se_le_dice_a_donde_ir(rejilla):
    rejilla.llenar(ANA)
    respuesta = rejilla.oficina.cliente.post(
        f"{rejilla.direccion}/lista", data=rejilla.datos, headers={"Accept": "application/json"}
    )
    assert respuesta.get_json() == {"ir": f"/panel/papel/{rejilla.hoja}"}


# --- La foto de la hoja ------------------------------------------------------------------------------------------


def _subir(rejilla, direccion: str, contenido: bytes):
    datos = {"csrf_token": rejilla.oficina.ficha(), "id": "x", "foto": (BytesIO(contenido), "hoja.jpg")}
    return rejilla.oficina.cliente.post(f"{direccion}/foto", data=datos, content_type="multipart/form-data")


def test_la_foto_de_la_hoja_queda_sellada_y_se_ve_solo_con_la_llave(rejilla, base, instalacion):
    direccion = rejilla.llenar(ANA).mandar().headers["Location"]
    foto = de_telefono(800, 600)
    for _ in range(2):
        assert _subir(rejilla, direccion, foto).status_code == 303
    (evidencia,) = evidencias.listar(base, evento_id=rejilla.direccion.split("/")[3])
    assert (evidencia["clase"], papel.leer(base, rejilla.hoja)["evidencia_id"]) == ("hoja", evidencia["id"])
    imagen = f"/panel/evidencias/{evidencia['id']}/foto.jpg"
    assert imagen not in rejilla.oficina.get(direccion).text
    rejilla.oficina.post("/panel/llave/apertura", razon="lista", frase=FRASE, next=direccion)
    assert imagen in rejilla.oficina.get(direccion).text
    assert rejilla.oficina.get(imagen).data.startswith(b"\xff\xd8")
    otra = _subir(rejilla, direccion, de_telefono(810, 600))  # desde «Atrás», con el mismo número
    assert otra.status_code == 303
    assert papel.leer(base, rejilla.hoja)["evidencia_id"] != evidencia["id"]


def test_una_foto_que_no_se_puede_abrir_dice_que_hacer_y_la_hoja_sigue(rejilla, base):
    direccion = rejilla.llenar(ANA).mandar().headers["Location"]
    for contenido in (b"", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(400), b"hola"):
        respuesta = _subir(rejilla, direccion, contenido)
        assert respuesta.status_code in (413, 415, 422)
        assert 'role="alert"' in respuesta.text
    assert papel.leer(base, rejilla.hoja)["evidencia_id"] is None
