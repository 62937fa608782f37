"""El portal de verdad: filtros, orden, formas, consultas y caminos no dan nada que no esté en el archivo."""

from contextlib import closing

from datasette.app import Datasette
from sqlite_utils import Database

from tests.ataques.servido import pedir, portal
from tests.ataques.vivo import Respuesta, consultas, direcciones, fisgar, paginas
from tests.hilo import correr
from tests.publicacion import elenco_publicacion as elenco
from tests.publicacion.elenco_publicacion import textos_privados


def prohibidos(privada) -> list[str]:
    """Una muestra de lo privado, y las rutas del disco."""
    textos = sorted(textos_privados(privada) - set(elenco.PUBLICAS.split()) - {elenco.DESDE, elenco.HASTA})
    de_la_oficina = {elenco.LOTE, "2026-10", "2026-11", "2026-12"}
    return [*elenco.NOMBRES, elenco.COMENTARIO, elenco.SEDE, str(privada.parent),
            *(t for t in textos[::40] if t not in de_la_oficina)]  # fmt: skip


def test_el_portal_no_da_nada_que_no_este_en_el_archivo(oficina, tmp_path):
    publica = oficina / "publica.db"
    with portal(publica, tmp_path) as puerto:
        prohibido = prohibidos(oficina / "privada.db")

        def pide(ruta: str) -> Respuesta:
            return pedir(puerto, ruta)

        seguidas = paginas(pide)
        assert len(seguidas) > 20
        assert fisgar(pide, publica, prohibido, [*seguidas, *direcciones(publica)]) == []
        assert pedir(puerto, "/publica.db").cuerpo == publica.read_bytes()
        assert pedir(puerto, "/publica/asistencia_cubo.json?_shape=array").estado == 200
        for ruta in ("/publica.json?sql=select+1", "/publica/asistencia_cubo.json?_where=1=1"):
            assert pedir(puerto, ruta).estado in (400, 403, 404), ruta
        for pagina in ("databases", "versions", "settings", "plugins"):
            assert pedir(puerto, f"/-/{pagina}.json").estado == 404, pagina


def test_un_datasette_como_viene_sobre_un_archivo_con_una_tabla_de_mas_se_descubre(oficina):
    """Control: las mismas preguntas, con SQL para todos y una tabla que no se declaró."""
    publica = oficina / "publica.db"
    copia = publica.with_name("control.db")
    copia.write_bytes(publica.read_bytes())
    with closing(Database(copia)) as db:
        db["persona"].insert_all([{"id": i, "nombre": n} for i, n in enumerate(elenco.NOMBRES)], pk="id")
    ds = Datasette([str(copia)], settings={"num_sql_threads": 1})

    def pide(ruta: str) -> Respuesta:
        async def una() -> Respuesta:
            r = await ds.client.get(ruta.replace("/publica", "/control"))
            return Respuesta(r.status_code, r.headers.get("content-type", ""), r.content)

        return correr(una())

    hallazgos = fisgar(pide, publica, elenco.NOMBRES, [c for c in consultas(publica) if "/publica.json" in c][:2])
    assert any("sql=select" in h and "privado" in h for h in hallazgos)
    assert any("sqlite_master" in h for h in hallazgos)
