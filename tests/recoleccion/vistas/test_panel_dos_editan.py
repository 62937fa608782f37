"""Dos personas editan el mismo evento: la segunda se entera, ve en qué no coinciden, elige, y nada se pierde."""

import json
from html import unescape

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from recoleccion.consultas import cuentas, eventos
from tests.elenco import CONTRASENA, HORA, evento_de_prueba
from tests.recoleccion.vistas.formas_html import campos
from tests.recoleccion.vistas.oficina import Oficina, leer

CAMPOS = ("titulo", "sede", "facilitadora")
ENCUESTA = {"instrumento": "m", "por_pantalla": True}


@pytest.fixture
def direccion(elenco) -> str:
    return f"/panel/eventos/{elenco.evento_id}/editar"


@pytest.fixture
def rosa(app, base) -> Oficina:
    cuentas.crear(base, usuario="rosa", nombre="Rosa Díaz", rol="titular", contrasena=CONTRASENA, ahora=HORA)
    return Oficina(app, "rosa")


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


def abrir(quien: Oficina, direccion: str) -> dict[str, list[str]]:
    return campos(quien.get(direccion).text, "visto")


def test_la_segunda_ve_lo_de_las_dos_y_todavia_no_se_guarda(titular, rosa, direccion, base, elenco, reloj):
    suyo, de_rosa = abrir(titular, direccion), abrir(rosa, direccion)
    rosa.post(direccion, **de_rosa | {"sede": "Auditorio", "avisa_fotos": "y", "lineas": ["M4", "A8"]})
    reloj.avanzar(minutes=3)
    respuesta = titular.post(direccion, **suyo | {"sede": "Escuela <3>", "hora_fin": "20:00", "encuestas": ["antes"]})
    assert respuesta.status_code == 409
    pagina = leer(respuesta)
    assert "Lo cambió Rosa Díaz , hace 3 minutos" in pagina
    grupos = pagina.split("Se cambió las dos veces")[1]
    ambas, resto = grupos.split("Sólo lo cambió Rosa Díaz")
    otra, mia = resto.split("Sólo lo cambió usted")
    assert "Sede Lo que usted escribió: Escuela <3> Lo que ya está guardado: Auditorio" in ambas
    assert "Líneas del POA Como estaba antes: M4 Lo que ya está guardado: A8; M4" in otra
    assert "Se avisa a quienes vienen que habrá fotos Como estaba antes: No Lo que ya está guardado: Sí" in otra
    assert "Termina Lo que usted escribió: 8:00 p. m. Como estaba antes: 7:00 p. m." in mia
    assert "Encuestas Lo que usted escribió: 1. Antes de empezar" in mia
    for igual in ("Título", "Fecha", "Programa"):
        assert igual not in ambas + otra + mia
    assert eventos.leer(base, elenco.evento_id)["sede"] == "Auditorio"


def test_lo_que_cambio_una_sola_ya_viene_elegido_y_lo_de_las_dos_se_elige(titular, rosa, direccion, base, elenco):
    suyo, de_rosa = abrir(titular, direccion), abrir(rosa, direccion)
    rosa.post(direccion, **de_rosa | {"sede": "Auditorio", "lineas": ["A8"], "por_pantalla": ["antes"]})
    choque = titular.post(direccion, **suyo | {"sede": "Escuela", "facilitadora": "Elena"})
    elegido = campos(choque.text, "visto")
    assert elegido["por_elegir"] == ["sede"]
    assert {c: v for c, v in elegido.items() if c.startswith("queda-")} == {
        "queda-lineas": ["otro"],
        "queda-encuestas": ["otro"],
        "queda-facilitadora": ["mio"],
    }
    sin_elegir = titular.post(direccion, **elegido)
    assert sin_elegir.status_code == 422
    assert "Elija una de las dos" in leer(sin_elegir)
    otra_vez = campos(sin_elegir.text, "visto")
    assert otra_vez["por_elegir"] == ["sede"]
    assert "queda-sede" not in otra_vez
    assert titular.post(direccion, **otra_vez | {"queda-sede": "mio"}).status_code == 303
    evento = eventos.leer(base, elenco.evento_id)
    assert (evento["sede"], evento["facilitadora"], evento["lineas"]) == ("Escuela", "Elena", ["A8"])
    assert [e["instrumento"] for e in evento["encuestas"] if e["por_pantalla"]] == ["antes"]


def test_si_mientras_elige_vuelve_a_cambiar_se_le_dice_otra_vez(titular, rosa, direccion, base, elenco):
    suyo, de_rosa = abrir(titular, direccion), abrir(rosa, direccion)
    rosa.post(direccion, **de_rosa | {"sede": "Auditorio"})
    elegido = campos(titular.post(direccion, **suyo | {"sede": "Escuela"}).text, "visto")
    rosa.post(direccion, **abrir(rosa, direccion) | {"titulo": "Otro título", "sede": "Plaza"})
    segundo = titular.post(direccion, **elegido | {"queda-sede": "mio"})
    assert segundo.status_code == 409
    for texto in ("Escuela", "Plaza", "Otro título"):
        assert texto in leer(segundo)
    ultimo = campos(segundo.text, "visto") | {"queda-sede": "otro"}
    assert titular.post(direccion, **ultimo).status_code == 303
    evento = eventos.leer(base, elenco.evento_id)
    assert (evento["sede"], evento["titulo"]) == ("Plaza", "Otro título")


def test_el_mismo_envio_dos_veces_no_es_un_choque(titular, rosa, direccion, base, elenco):
    suyo = abrir(titular, direccion) | {"sede": "Escuela"}
    assert [titular.post(direccion, **suyo).status_code for _ in range(2)] == [303, 303]
    assert eventos.leer(base, elenco.evento_id)["revision"] == 2
    assert rosa.post(direccion, **suyo).status_code == 303


def test_tambien_si_lo_cambio_al_decir_que_hay_fotos(titular, rosa, direccion):
    suyo = abrir(titular, direccion)
    titular.post(direccion, **suyo | {"sede": "Plaza"})
    otra = abrir(titular, direccion)
    rosa.post(f"{direccion.removesuffix('editar')}evidencias/aviso", avisa="1")
    choque = titular.post(direccion, **otra | {"sede": "Escuela"})
    assert choque.status_code == 409
    assert "Lo cambió Rosa Díaz" in leer(choque)
    assert "que habrá fotos Como estaba antes: No Lo que ya está guardado: Sí" in leer(choque)


def test_consigo_misma_en_otra_ventana_tambien_se_entera(titular, direccion):
    una, otra = abrir(titular, direccion), abrir(titular, direccion)
    titular.post(direccion, **una | {"sede": "Auditorio"})
    assert "Lo cambió usted, en otra ventana" in leer(titular.post(direccion, **otra | {"sede": "Escuela"}))


def test_elegir_dos_horas_que_no_se_llevan_se_dice_en_el_formulario(titular, rosa, direccion, base, elenco):
    suyo, de_rosa = abrir(titular, direccion), abrir(rosa, direccion)
    rosa.post(direccion, **de_rosa | {"hora_inicio": "09:00", "hora_fin": "10:00"})
    choque = titular.post(direccion, **suyo | {"hora_inicio": "18:00", "hora_fin": "20:00"})
    mezcla = campos(choque.text, "visto") | {"queda-hora_inicio": "mio", "queda-hora_fin": "otro"}
    respuesta = titular.post(direccion, **mezcla)
    assert respuesta.status_code == 422
    assert "Debe terminar después de empezar" in respuesta.text
    assert eventos.leer(base, elenco.evento_id)["hora_fin"] == "10:00"
    assert titular.post(direccion, **campos(respuesta.text, "visto") | {"hora_fin": "19:30"}).status_code == 303


@pytest.mark.parametrize(
    "cambio",
    [
        {"revision": "9" * 30},
        {"revision": "x"},
        {"visto": "{"},
        {"visto": json.dumps({"titulo": ["a"], "encuestas": "x", "lineas": [ENCUESTA]})},
        {"queda-titulo": "otro", "queda-encuestas": "otro", "queda-nada": "otro", "por_elegir": "nada"},
        {"visto": json.dumps({"titulo": ["a", "b"], "fecha": True, "sede": [ENCUESTA]}),
         "queda-titulo": "otro", "queda-fecha": "otro", "queda-sede": "otro"},
    ],
)  # fmt: skip
def test_lo_oculto_cambiado_a_mano_no_tira_nada_ni_pisa(titular, rosa, direccion, base, elenco, cambio):
    suyo = abrir(titular, direccion) | {"sede": "Escuela"}
    rosa.post(direccion, **abrir(rosa, direccion) | {"sede": "Auditorio"})
    assert titular.post(direccion, **suyo | cambio).status_code in (409, 422)
    assert eventos.leer(base, elenco.evento_id)["sede"] == "Auditorio"


# --- Muchas ventanas, en cualquier orden -----------------------------------------------------------------------------

_VALOR = st.sampled_from(["Plaza", "Escuela", "Patio <b>"])
_PASO = st.one_of(
    st.tuples(st.just("abrir"), st.integers(0, 2)),
    st.tuples(st.just("escribir"), st.integers(0, 2), st.sampled_from(CAMPOS), _VALOR),
    st.tuples(st.just("guardar"), st.integers(0, 2)),
    st.tuples(st.just("elegir"), st.integers(0, 2), st.sampled_from(["mio", "otro"])),
)


@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(pasos=st.lists(_PASO, min_size=6, max_size=14))
def test_en_cualquier_orden_nadie_pisa_lo_que_no_vio(titular, base, azar, pasos):
    """El modelo: lo guardado sólo lo cambia quien guarda viendo lo último; a quien choca se le enseña lo de las dos."""
    evento = eventos.crear(base, evento_de_prueba(facilitadora="Elena"), HORA, azar)
    direccion = f"/panel/eventos/{evento}/editar"
    guardado = {c: eventos.leer(base, evento)[c] for c in CAMPOS}
    ventanas: dict[int, dict[str, list[str]]] = {}
    for accion, quien, *resto in pasos:
        if accion == "abrir" or quien not in ventanas:
            ventanas[quien] = abrir(titular, direccion)
        elif accion == "escribir":
            ventanas[quien][resto[0]] = [resto[1]]
        else:
            ventana = ventanas[quien]
            if accion == "elegir":
                ventana |= {f"queda-{c}": [resto[0]] for c in ventana.get("por_elegir", [])}
            visto = json.loads(ventana["visto"][0])
            elige = {c: ventana.get(f"queda-{c}", ["mio"])[0] for c in CAMPOS}
            mio = {c: visto[c] if elige[c] == "otro" else ventana[c][0] for c in CAMPOS}
            falta = any(f"queda-{c}" not in ventana for c in ventana.get("por_elegir", []))
            respuesta = titular.post(direccion, **ventana)
            al_dia = ventana["revision"] == [str(eventos.leer(base, evento)["revision"] - 1)]
            if respuesta.status_code == 303:
                assert not falta
                assert al_dia or mio == guardado
                guardado = mio
                del ventanas[quien]
            else:
                pagina = unescape(respuesta.text)
                for c in CAMPOS:
                    assert mio[c] == guardado[c] or (mio[c] in pagina and guardado[c] in pagina)
                ventanas[quien] = campos(respuesta.text, "visto")
        assert {c: eventos.leer(base, evento)[c] for c in CAMPOS} == guardado
