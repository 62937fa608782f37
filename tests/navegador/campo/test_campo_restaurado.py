"""El disco se muere y la oficina vuelve de un respaldo de antes: el teléfono ofrece otra vez lo que allá ya no está."""

from contextlib import closing

from playwright.sync_api import expect

from recoleccion.aplicacion import create_app
from recoleccion.consultas import ajustes, conexion, eventos
from recoleccion.instalacion import Instalacion, ahora
from tests.elenco import evento_de_prueba
from tests.navegador.promotora import NOMBRE, TITULO, al_evento, asistencias, cola, enviar, preparar, registrar
from tests.navegador.servido import servida
from tests.respaldo import levantar_en, respaldar


class _Mudanza:
    """La misma dirección, atendida por una carpeta u otra."""

    def __init__(self, app) -> None:
        self.app = app

    def __call__(self, *como):
        return self.app(*como)


def test_lo_enviado_despues_del_respaldo_vuelve_solo_del_telefono_y_nada_se_dobla(
    contexto, datos, base, azar, tmp_path
):
    hoy = ahora()
    evento = evento_de_prueba(titulo=TITULO, fecha=hoy.date().isoformat())
    eventos.abrir(base, eventos.crear(base, evento, hoy, azar), hoy)
    oficina = _Mudanza(create_app(datos))
    with servida(oficina) as sitio:
        pagina = contexto.new_page()
        preparar(pagina, sitio)
        pagina.get_by_role("link", name="Ir a los eventos").click()
        al_evento(pagina)
        registrar(pagina)
        expect(pagina.locator(".estado")).to_contain_text("Todo enviado")
        hecho = respaldar(Instalacion(datos), tmp_path / "respaldos", ahora())
        registrar(pagina, nombre=NOMBRE)
        registrar(pagina)
        expect(pagina.locator(".estado")).to_contain_text("Todo enviado")
        de_entonces = asistencias(base)
        assert len(de_entonces) == 3

        otra = levantar_en(hecho.archivo, tmp_path / "otra", ahora=ahora())
        with closing(conexion.abrir(otra.privada)) as vuelta:
            assert len(asistencias(vuelta)) == 1  # lo demás sólo está en el teléfono
            assert ajustes.leer(vuelta, "epoca") != ajustes.leer(base, "epoca")
            oficina.app = create_app(otra.datos)
            registrar(pagina)
            enviar(pagina)
            expect(pagina.locator(".estado")).to_contain_text("Todo enviado")
            assert sorted(map(str, asistencias(vuelta))) == sorted(
                map(str, [*de_entonces, ("promotora", "M", "30-44", "rancho", None)])
            )
            assert vuelta.execute("SELECT count(*) FROM cuarentena").fetchone()[0] == 0
        assert {registro["estado"] for registro in cola(pagina)} == {"enviado"}
