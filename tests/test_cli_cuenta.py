"""``jornada cuenta rescatar``: quien se quedó afuera vuelve a entrar, y nada más se abre."""

import re

from recoleccion.aplicacion import create_app
from recoleccion.consultas import bitacora, codigos_unicos, llave, llaves_acceso, segundo_paso, sesiones
from tests.elenco import CONTRASENA, HORA
from tests.ordenes import correr
from tests.recoleccion.vistas.oficina import Oficina


def entra(app, contrasena: str) -> str:
    respuesta = Oficina(app).post("/panel/entrar", usuario="titular", contrasena=contrasena)
    return respuesta.headers.get("Location", "no")


def test_quien_perdio_todo_vuelve_a_entrar_y_queda_anotado(datos, base, elenco, instalacion, azar, reloj):
    suya = elenco.titular.id
    segundo_paso.activar(base, suya, bytes(20), 0, sello=instalacion.sello, ahora=HORA)
    llaves_acceso.agregar(base, suya, id="una", publica=b"x", contador=0, nombre="La compu", ahora=HORA)
    codigos_unicos.nuevos(base, suya, HORA, azar)
    sesiones.abrir(base, elenco.titular, "totp", "Chrome", HORA)
    de_rosa = sesiones.abrir(base, elenco.promotora, "contrasena", "Chrome", HORA)
    app = create_app(datos, reloj=reloj)
    assert entra(app, CONTRASENA) == "/panel/entrar/segundo"

    dicho = correr("cuenta", "rescatar", "TITULAR", "--datos", datos)
    assert dicho.exit_code == 0, dicho.output
    nueva = re.search(r"^  (\S+)$", dicho.output, re.MULTILINE)[1]
    assert entra(app, CONTRASENA) == "no"
    assert entra(app, nueva) == "/panel/"
    assert codigos_unicos.sin_usar(base, suya) == 0
    assert sesiones.leer(base, de_rosa, HORA) is not None
    renglon = next(f for f in bitacora.listar(base) if f["accion"] == "rescatar cuenta")
    assert (renglon["quien"], renglon["detalle"]) == ("consola", "contraseña nueva; sin segundo paso")
    assert nueva not in str([tuple(fila) for fila in base.execute("SELECT * FROM bitacora")])
    assert llave.abrir(base, nueva) is None  # los nombres siguen pidiendo su frase


def test_a_quien_no_existe_se_le_dice_y_no_cambia_nada(datos, base, elenco):
    antes = base.execute("SELECT group_concat(contrasena) FROM cuenta").fetchone()[0]
    dicho = correr("cuenta", "rescatar", "nadie", "--datos", datos)
    assert dicho.exit_code == 1
    assert "No hay una cuenta con el usuario «nadie»" in dicho.output
    assert base.execute("SELECT group_concat(contrasena) FROM cuenta").fetchone()[0] == antes


def test_verificar_y_hoy_recuerdan_a_la_unica_titular_que_imprima_sus_codigos(app, datos, base, elenco, azar):
    frase = "Usted es la única titular y no tiene códigos impresos"
    titular = Oficina(app, "titular")
    assert frase in titular.texto("/panel/")
    assert frase not in Oficina(app, "promotora").texto("/panel/")
    assert (
        "Hay una sola titular («titular») y no tiene códigos impresos" in correr("verificar", "--datos", datos).output
    )
    codigos_unicos.nuevos(base, elenco.titular.id, HORA, azar)
    assert frase not in titular.texto("/panel/")
    assert "Entra sólo con su contraseña" in titular.texto("/panel/")
    assert "Ninguna titular se puede quedar afuera" in correr("verificar", "--datos", datos).output
