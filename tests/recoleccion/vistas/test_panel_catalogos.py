"""Los catálogos desde el panel: agregar, cambiar, ordenar, retirar; dos personas a la vez; topes que se explican."""

import re

import pytest

from formularios import hoja_catalogo
from recoleccion.consultas import eventos
from tests.elenco import HORA, evento_de_prueba
from tests.recoleccion.vistas.oficina import Oficina, leer


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


def temas(instalacion) -> dict[str, str]:
    return dict(instalacion.catalogos.pares("tema"))


def oculto(pagina: str, campo: str) -> str:
    hallado = re.search(rf'name="{campo}" value="([^"]*)"', pagina)
    assert hallado
    return hallado[1]


def ultima(base) -> tuple[str, str, str]:
    fila = base.execute("SELECT accion, objeto, detalle FROM bitacora ORDER BY id DESC").fetchone()
    return fila["accion"], fila["objeto"], fila["detalle"]


def test_un_tema_nuevo_se_puede_elegir_en_un_evento_sin_reiniciar_nada(titular, instalacion, base, elenco):
    assert "Niñez y juegos" not in titular.texto("/panel/eventos/nuevo")
    assert titular.post("/panel/catalogos/tema", etiqueta="  Niñez   y juegos ").status_code == 303
    assert temas(instalacion)["ninez_y_juegos"] == "Niñez y juegos"
    assert ultima(base) == ("agregar al catálogo", "catálogo tema", "Niñez y juegos")
    assert "Niñez y juegos" in titular.texto("/panel/eventos/nuevo")


@pytest.mark.parametrize(
    ("etiqueta", "frase"),
    [
        ("", "Escriba cómo se lee"),
        ("IGUALDÁD", "Ya hay una opción que se lee igual"),
        ('=HYPERLINK("http://x")', "fórmula"),
        ("x" * 81, "Caben 80 letras"),
    ],
)
def test_lo_que_no_sirve_se_explica_y_no_se_guarda(titular, instalacion, etiqueta, frase):
    antes = (instalacion.carpeta_catalogos / "temas.csv").read_bytes()
    respuesta = titular.post("/panel/catalogos/tema", etiqueta=etiqueta)
    assert respuesta.status_code == 422
    assert frase in leer(respuesta)
    assert (instalacion.carpeta_catalogos / "temas.csv").read_bytes() == antes


def test_cambiar_el_nombre_no_cambia_la_clave_y_los_eventos_lo_dicen(titular, instalacion, base, elenco):
    pagina = titular.get("/panel/catalogos/tema/digital").text
    titular.post("/panel/catalogos/tema/digital", etiqueta="Violencia en redes", revision=oculto(pagina, "revision"))
    assert temas(instalacion)["digital"] == "Violencia en redes"
    assert ultima(base)[2] == "digital: Violencia digital → Violencia en redes"
    assert "Violencia en redes" in titular.texto(f"/panel/eventos/{elenco.evento_id}")


def test_la_segunda_persona_ve_que_cambio_la_primera_y_no_pierde_lo_suyo(titular, instalacion):
    revision = oculto(titular.get("/panel/catalogos/tema/digital").text, "revision")
    titular.post("/panel/catalogos/tema/digital", etiqueta="De la primera", revision=revision)
    respuesta = titular.post("/panel/catalogos/tema/digital", etiqueta="De la segunda", revision=revision)
    assert respuesta.status_code == 409
    texto = leer(respuesta)
    assert "Alguien más lo cambió" in texto
    assert "Ahora dice: De la primera" in texto
    assert "Usted escribió: De la segunda" in texto
    assert 'value="De la segunda"' in respuesta.text
    assert temas(instalacion)["digital"] == "De la primera"
    nueva = oculto(respuesta.text, "revision")
    assert titular.post("/panel/catalogos/tema/digital", etiqueta="De la segunda", revision=nueva).status_code == 303
    assert temas(instalacion)["digital"] == "De la segunda"


def test_ordenar_sobre_una_lista_que_ya_cambio_no_mueve_otra_cosa(titular, instalacion):
    huella = oculto(titular.get("/panel/catalogos/tema").text, "huella")
    assert titular.post("/panel/catalogos/tema/orden", clave="tipos", a="antes", huella=huella).status_code == 303
    assert list(temas(instalacion))[:2] == ["tipos", "igualdad"]
    repetida = titular.post("/panel/catalogos/tema/orden", clave="tipos", a="antes", huella=huella)
    assert repetida.status_code == 409
    assert "Alguien más cambió esta lista" in leer(repetida)
    assert list(temas(instalacion))[:2] == ["tipos", "igualdad"]


def test_una_clave_usada_no_se_quita_se_deja_de_ofrecer_y_su_evento_se_puede_editar(titular, instalacion, base, elenco):
    respuesta = titular.post("/panel/catalogos/tema/digital/baja")
    assert respuesta.status_code == 409
    assert "Ya se usó" in leer(respuesta)
    assert "digital" in temas(instalacion)
    titular.post("/panel/catalogos/tema/digital/retiro")
    assert "digital" not in temas(instalacion)
    assert "Violencia digital (ya no se usa)" in titular.texto(f"/panel/eventos/{elenco.evento_id}/editar")
    assert "Violencia digital" not in titular.texto("/panel/eventos/nuevo")
    assert "Ya no se ofrece desde el 25/11/2026" in titular.texto("/panel/catalogos/tema/digital")
    titular.post("/panel/catalogos/tema/digital/retiro")
    assert "digital" in temas(instalacion)


def test_una_sin_usar_se_quita_del_todo_y_la_unica_que_queda_no(titular, instalacion, base):
    titular.post("/panel/catalogos/tema/cuidados/baja")
    assert "cuidados" not in instalacion.catalogos.claves("tema")
    hoja = hoja_catalogo.leer(instalacion.carpeta_catalogos, "zona")
    hoja_catalogo.escribir(instalacion.carpeta_catalogos, hoja_catalogo.quitar(hoja, "zona_1"))
    assert titular.post("/panel/catalogos/zona/cabecera/baja").status_code == 404
    assert titular.post("/panel/catalogos/zona/cabecera/retiro").status_code == 404
    for clave in list(temas(instalacion))[1:]:
        titular.post(f"/panel/catalogos/tema/{clave}/retiro")
    sola = titular.post("/panel/catalogos/tema/igualdad/retiro")
    assert sola.status_code == 409
    assert "Es la única que se ofrece" in leer(sola)


def test_una_clave_que_quedo_en_un_evento_no_se_vuelve_a_dar(titular, instalacion, base, azar):
    """Alguien borró la fila a mano: si otra tomara su clave, el evento viejo diría otra cosa."""
    eventos.crear(base, evento_de_prueba(tema="cuidados"), HORA, azar)
    hoja = hoja_catalogo.leer(instalacion.carpeta_catalogos, "tema")
    hoja_catalogo.escribir(instalacion.carpeta_catalogos, hoja_catalogo.quitar(hoja, "cuidados"))
    assert "1 clave que ya no está en el archivo: cuidados" in titular.texto("/panel/catalogos/tema")
    titular.post("/panel/catalogos/tema", etiqueta="Cuidados")
    assert temas(instalacion)["cuidados_2"] == "Cuidados"


@pytest.mark.parametrize(("catalogo", "clave"), [("programa", "comunidad"), ("zona", "zona_1")])
def test_una_clave_que_solo_queda_en_lo_contestado_tampoco_se_quita(titular, instalacion, base, catalogo, clave):
    """A su evento se le puso otra después de abrirse la urna: sin ella, lo contado se quedaría sin nombre."""
    base["contestacion"].insert(
        {"id": "c", "mes": "2026-11", "programa": "comunidad", "zona": "zona_1", "instrumento": "antes", "version": 1,
         "respuestas": "{}"}
    )  # fmt: skip
    assert titular.post(f"/panel/catalogos/{catalogo}/{clave}/baja").status_code == 409
    assert hoja_catalogo.leer(instalacion.carpeta_catalogos, catalogo).fila(clave)


def test_los_programas_y_las_zonas_dicen_cuantos_caben_y_por_que(titular, instalacion):
    for n in (5, 6):
        assert titular.post("/panel/catalogos/programa", etiqueta=f"Programa {n}").status_code == 303
    lleno = titular.post("/panel/catalogos/programa", etiqueta="Programa 7")
    assert lleno.status_code == 422
    assert "Ya no cabe otra" in leer(lleno)
    pagina = titular.texto("/panel/catalogos/programa")
    assert "Caben 6 programas" in pagina
    assert "se sabría quién fue" in pagina
    assert "Agregar</button>" not in titular.get("/panel/catalogos/programa").text
    assert len(instalacion.catalogos.programa) == 6
    assert "Caben 4 zonas" in titular.texto("/panel/catalogos/zona")


def test_sexo_edad_y_procedencia_solo_cambian_como_se_leen(titular, instalacion):
    assert titular.post("/panel/catalogos/sexo", etiqueta="Otro más").status_code == 404
    assert titular.post("/panel/catalogos/edad/60+/baja").status_code == 404
    assert titular.post("/panel/catalogos/edad/60+/retiro").status_code == 404
    revision = oculto(titular.get("/panel/catalogos/edad/60+").text, "revision")
    titular.post("/panel/catalogos/edad/60+", etiqueta="60 o más", revision=revision)
    assert instalacion.catalogos.etiqueta("edad", "60+") == "60 o más"


@pytest.mark.parametrize(
    ("campos", "frase"),
    [
        ({"dia": "31", "mes": "2"}, "Ese día no existe en ese mes"),
        ({"dia": "0", "mes": "2"}, "Escriba un día del 1 al 31"),
        ({"dia": "x", "mes": "2"}, "Escriba un día del 1 al 31"),
        ({"dia": "", "mes": "2"}, "Escriba el día"),
        ({"dia": "3", "mes": "13"}, "Elija una de las opciones"),
        ({"dia": "3", "mes": "2", "hasta_dia": "4"}, "Diga mes y día"),
    ],
)
def test_una_efemeride_imposible_se_explica(titular, campos, frase):
    respuesta = titular.post("/panel/catalogos/efemeride", etiqueta="Nuevo día", **campos)
    assert respuesta.status_code == 422
    assert frase in leer(respuesta)


def test_una_efemeride_se_agrega_y_se_lee_cuando_es(titular, instalacion):
    titular.post("/panel/catalogos/efemeride", etiqueta="Bisiesto", dia="29", mes="2")
    assert "29 de febrero" in titular.texto("/panel/catalogos/efemeride")
    opcion = next(o for o in instalacion.catalogos.efemeride if o.clave == "bisiesto")
    assert (opcion.extra["mes"], opcion.extra["dia"]) == ("2", "29")


def test_un_archivo_roto_a_mano_no_tira_el_servicio_y_se_dice(titular, instalacion, elenco):
    assert titular.get("/panel/eventos/nuevo").status_code == 200
    (instalacion.carpeta_catalogos / "temas.csv").write_text("clave,etiqueta\nuno dos,A\n", "utf-8")
    nuevo = titular.get("/panel/eventos/nuevo")
    assert nuevo.status_code == 200
    assert "Violencia digital" in leer(nuevo)
    assert "temas.csv, fila 2" in titular.texto("/panel/catalogos")
    pagina = titular.get("/panel/catalogos/tema")
    assert pagina.status_code == 409
    assert "temas.csv, fila 2" in leer(pagina)


def test_la_hoja_que_alguien_guarda_aparte_se_lee_sola(titular, instalacion):
    titular.get("/panel/catalogos")
    (instalacion.carpeta_catalogos / "temas.csv").write_text("clave;etiqueta\nhuertos;Huertos\n", "utf-8")
    assert "Huertos" in titular.texto("/panel/eventos/nuevo")


@pytest.mark.parametrize("direccion", ["/panel/catalogos/ayuda", "/panel/catalogos/x", "/panel/catalogos/tema/nadie"])
def test_lo_que_no_existe_es_404(titular, direccion):
    assert titular.get(direccion).status_code == 404
