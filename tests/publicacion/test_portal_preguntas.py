"""Las páginas de preguntas, el diccionario, la metodología y la API, en un Datasette de verdad."""

import csv
import html
import io
import json
import re
import shutil
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import elenco_publicacion as elenco
import pytest
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from publicacion import escritura, lanzar, orquestar
from publicacion.portal.inicio import PREGUNTAS
from publicacion.portal.lectura import Publica
from publicacion.portal.numeros import OCULTA

PAGINAS = ["/", "/preguntas", *(f"/preguntas/{c}" for c in PREGUNTAS), "/diccionario", "/metodologia", "/api-publica"]
FILTROS = {
    "participacion": "periodo=2026-T4&por=sexo%2Bedad&sexo=M",
    "encuestas": "periodo=2026-T4&encuesta=satisfaccion&sexo=comparar",
    "cambio": "periodo=2026-T4&pregunta=K1&sexo=M",
    "metas": "ejercicio=2026&periodo=2026-T4&tipo=meta",
    "tendencia": "pregunta=despues.K1&sexo=M",
    "programas": "periodo=2026-T4&zona=cabecera",
}


def pedir(base: str, ruta: str) -> tuple[int, dict[str, str], str]:
    with closing(HTTPConnection(base.removeprefix("http://"), timeout=20)) as con:
        con.request("GET", ruta)
        r = con.getresponse()
        return r.status, {k.lower(): v for k, v in r.getheaders()}, r.read().decode("utf-8")


def visible(pagina: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", pagina)))


def otro_lote(oficina) -> None:
    """El trimestre de antes, en que no fue nadie: todo en él está escondido."""
    celdas, reglas = orquestar.calcular(
        oficina.privada, "2026-T3", "2026-07-01", "2026-09-30", oficina.catalogos, elenco.SECRETO
    )
    with closing(Database(oficina.privada)) as db:
        db.execute("INSERT INTO lote_publicacion VALUES ('2026-T3', '2026-07-01', '2026-09-30', 'asentado',"
                   " '2026-10-05', ?)", [reglas])  # fmt: skip
        db.conn.executemany("INSERT INTO libro VALUES ('2026-T3', ?, ?, ?)", [tuple(c) for c in celdas])
        db.conn.commit()


@pytest.fixture
def portal(oficina, puerto, lanzar_datasette) -> str:
    otro_lote(oficina)
    oficina.publicar()
    lanzar_datasette(lanzar.orden(oficina.publica, puerto, fuente="Instancia de las Mujeres"))
    return f"http://127.0.0.1:{puerto}"


def test_el_portal_contesta_preguntas(portal, oficina):
    """Un solo proceso: arrancarlo es lo que tarda."""
    _todas_las_paginas_salen_sin_guiones(portal)
    _la_portada_pesa_poco(portal)
    _los_numeros_son_los_publicados(portal, oficina)
    _lo_escondido_nunca_es_cero(portal)
    _cada_numero_lleva_a_sus_renglones(portal, oficina)
    _lo_que_se_ve_se_baja_y_se_cita(portal)
    _los_filtros_que_no_existen_se_dicen(portal)
    _la_metodologia_dice_lo_que_esta_en_vigor(portal, oficina)
    _los_ejemplos_de_la_api_corren(portal, oficina)


def _todas_las_paginas_salen_sin_guiones(portal):
    rutas = [*PAGINAS, *(f"/preguntas/{c}?{filtros}" for c, filtros in FILTROS.items())]
    for ruta in rutas:
        estado, cabeceras, pagina = pedir(portal, ruta)
        assert estado == 200, (ruta, visible(pagina))
        assert cabeceras["content-type"] == "text/html; charset=utf-8"
        assert '<html lang="es-MX">' in pagina
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", pagina), ruta
        assert pagina.count("<h1") == 1
        ids = re.findall(r'\sid="([^"]+)"', pagina)
        assert len(ids) == len(set(ids)), ruta
        assert len(re.findall(r'<svg class="grafica"', pagina)) <= pagina.count("<table"), ruta
        sin_ejemplos = re.sub(r"<pre.*?</pre>", "", pagina, flags=re.DOTALL)
        assert not re.search(r"\bNone\b|\bnan\b|Markup\(", visible(sin_ejemplos)), ruta
    assert pedir(portal, "/preguntas/nada")[0] == 404
    assert pedir(portal, "/preguntas/nada.csv")[0] == 404


def _la_portada_pesa_poco(portal):
    _, _, pagina = pedir(portal, "/")
    assert len(pagina.encode()) < 30_000
    for modulo in PREGUNTAS.values():
        assert modulo.TITULO in pagina


def _los_numeros_son_los_publicados(portal, oficina):
    with closing(Database(oficina.publica)) as db:
        (total,) = db.execute("SELECT n FROM asistencia_cubo WHERE lote = '2026-T4' AND eje = 'total'").fetchone()
        mujeres = dict(
            db.execute(
                "SELECT g.edad, a.n FROM asistencia_cubo a JOIN grupo g USING (eje, grupo)"
                " WHERE a.lote = '2026-T4' AND a.eje = 'sexo+edad' AND g.sexo = 'Mujeres'"
            ).fetchall()
        )
        mejor = db.execute(
            "SELECT n FROM cambio_cubo WHERE lote = '2026-T4' AND eje = 'total' AND pregunta = 'K1'"
            " AND cambio = 'mejor'"
        ).fetchone()[0]
    assert f">{total}</strong>" in pedir(portal, "/")[2]
    filas = leer_csv(pedir(portal, f"/preguntas/participacion.csv?{FILTROS['participacion']}")[2])
    assert {f["edad"]: f["asistencias"] for f in filas} == {e: "" if n is None else str(n) for e, n in mujeres.items()}
    filas = leer_csv(pedir(portal, "/preguntas/cambio.csv?periodo=2026-T4&pregunta=K1&cuadro=1")[2])
    assert filas[0]["contestaciones"] == str(mejor)
    assert sum(int(f["contestaciones"]) for f in filas) > mejor


def leer_csv(texto: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(texto.removeprefix("\ufeff"))))


def _lo_escondido_nunca_es_cero(portal):
    _, _, pagina = pedir(portal, "/preguntas/participacion?periodo=2026-T3")
    assert OCULTA in pagina
    assert not re.search(r'class="cuenta-n"[^>]*>0<', pagina)
    assert 'class="barra' not in pagina
    filas = leer_csv(pedir(portal, "/preguntas/participacion.csv?periodo=2026-T3")[2])
    assert {(f["asistencias"], f["asistencias_nota"], f["de_cada_100"]) for f in filas} == {("", OCULTA, "")}
    assert "no hay respuestas que se puedan mostrar" in pedir(portal, "/preguntas/encuestas?periodo=2026-T3")[2]
    assert "no hay un cambio que se pueda mostrar" in pedir(portal, "/preguntas/cambio?periodo=2026-T3")[2]
    tendencia = leer_csv(pedir(portal, "/preguntas/tendencia.csv")[2])
    assert [f["asistencias_nota"] for f in tendencia] == [OCULTA, ""]


def _cada_numero_lleva_a_sus_renglones(portal, oficina):
    for clave in PREGUNTAS:
        _, _, pagina = pedir(portal, f"/preguntas/{clave}")
        enlaces = re.findall(r'<a class="(?:cuenta-n|protegido)" href="([^"]+)">([^<]+)<', pagina)
        assert enlaces, clave
        adonde, dicho = html.unescape(enlaces[0][0]), enlaces[0][1]
        ruta, _, consulta = adonde.partition("?")
        filas = json.loads(pedir(portal, f"{ruta}.json?_shape=array&{consulta}")[2])
        assert filas, (clave, adonde)
        if len(filas) == 1:
            numero = filas[0].get("n", filas[0].get("asistencias"))
            assert dicho == (OCULTA if numero is None else f"{numero:,}"), clave


def _lo_que_se_ve_se_baja_y_se_cita(portal):
    ruta = f"/preguntas/encuestas?{FILTROS['encuestas']}"
    _, _, pagina = pedir(portal, ruta)
    (bajar,) = re.findall(r'href="(/preguntas/encuestas\.csv\?[^"]*)"', pagina)
    estado, cabeceras, texto = pedir(portal, html.unescape(bajar))
    assert estado == 200
    assert cabeceras["content-disposition"] == 'attachment; filename="encuestas-2026-T4.csv"'
    assert {f["quienes"] for f in leer_csv(texto)} == {"Mujeres", "Hombres"}
    cita = visible(re.search(r'<p class="cita">.*?</p>', pagina, re.DOTALL).group())
    assert "Instancia de las Mujeres" in cita
    assert "5 de enero de 2027" in cita
    assert f"{portal}/preguntas/encuestas?periodo=2026-T4&encuesta=satisfaccion&sexo=comparar" in cita
    # Sin pedir nada, la cita lleva el periodo: vale aunque después se publique otro.
    assert "participacion?periodo=2026-T4" in pedir(portal, "/preguntas/participacion")[2]
    assert "±" in pagina
    # Ningún porcentaje va sin lo que pudo moverlo el redondeo, ni sale de una celda escondida.
    for f in leer_csv(texto):
        assert bool(f["de_cada_100"]) == bool(f["de_cada_100_mas_menos"])
        assert f["contestaciones"] or not f["de_cada_100"]


def _los_filtros_que_no_existen_se_dicen(portal):
    malo = quote("<script>x</script>")
    for clave in PREGUNTAS:
        estado, _, pagina = pedir(portal, f"/preguntas/{clave}?periodo={malo}&sexo=Z&cuadro=99&pregunta=&por=..%2F")
        assert estado == 200, clave
        assert "<script" not in pagina
    assert "No hay «Z» en sexo" in pedir(portal, "/preguntas/participacion?sexo=Z")[2]
    _, _, pagina = pedir(portal, "/preguntas/participacion?sexo=M&edad=18-29&zona=cabecera")
    assert "dejarían grupos muy chicos" in pagina
    assert pedir(portal, "/preguntas/metas.csv?cuadro=-1")[0] == 200


def _la_metodologia_dice_lo_que_esta_en_vigor(portal, oficina):
    texto = visible(pedir(portal, "/metodologia")[2])
    with closing(Database(oficina.publica)) as db:
        reglas = {f["regla"]: f["valor"] for f in db.query("SELECT regla, valor FROM reglas WHERE lote = '2026-T4'")}
    for dicho in (
        f"{reglas['umbral']} o más",
        f"{reglas['visibles']} de {reglas['celdas']}",
        reglas["huella"],
        "90 %",
        "80 %",
    ):
        assert dicho in texto
    assert "Lo que esto no puede impedir" in texto
    assert "todas las demás" in texto
    diccionario = visible(pedir(portal, "/diccionario")[2])
    assert "Ranchos y comunidades" in diccionario
    assert "asistencia_cubo" in diccionario


def _los_ejemplos_de_la_api_corren(portal, oficina):
    pagina = pedir(portal, "/api-publica")[2]
    ejemplos = {
        clave: html.unescape(texto)
        for clave, texto in re.findall(r'<pre id="ejemplo-(\w+)"[^>]*>(.*?)</pre>', pagina, re.DOTALL)
    }
    assert set(ejemplos) == {"curl", "python", "r", "excel"}
    assert all(portal in texto and "{" + "sitio}" not in texto for texto in ejemplos.values())
    carpeta = oficina.datos
    dicho = subprocess.run(
        [sys.executable, "-c", ejemplos["python"]], capture_output=True, text=True, timeout=60, check=True, cwd=carpeta
    ).stdout
    with closing(Database(oficina.publica)) as db:
        esperadas = [
            " | ".join([f["lote"], f["edad"], "no se muestra" if f["asistencias"] is None else str(f["asistencias"])])
            for f in db.query("SELECT * FROM asistencias_por_edad")
        ]
    assert dicho.splitlines() == esperadas
    curl = shutil.which("curl")
    assert curl, "Falta curl: corra tests/preparar.sh"
    hecho = subprocess.run(
        ["sh", "-e", "-c", ejemplos["curl"]], capture_output=True, text=True, timeout=60, check=True, cwd=carpeta
    ).stdout
    decodificador = json.JSONDecoder()
    primera, fin = decodificador.raw_decode(hecho)
    segunda, _ = decodificador.raw_decode(hecho[fin:].lstrip())
    assert len(primera) == len(esperadas)
    assert [f["eje"] for f in segunda] == ["total"]
    assert "contestaciones" in (carpeta / "respuestas.csv").read_text("utf-8").splitlines()[0]
    assert len((carpeta / "cambio.csv").read_text("utf-8-sig").splitlines()) > 3
    _el_de_r_esta_bien_escrito(ejemplos["r"], carpeta)


def _el_de_r_esta_bien_escrito(texto: str, carpeta: Path) -> None:
    """Con R, que lo entienda R. Sin R, que cierre lo que abre."""
    (carpeta / "ejemplo.R").write_text(texto, "utf-8")
    if rscript := shutil.which("Rscript"):
        subprocess.run([rscript, "-e", "invisible(parse('ejemplo.R'))"], check=True, timeout=60, cwd=carpeta)
    sin_textos = re.sub(r'"[^"\n]*"|#.*', '""', texto)
    abiertos: list[str] = []
    for letra in sin_textos:
        if letra in "([{":
            abiertos.append(letra)
        elif letra in ")]}":
            assert abiertos.pop() + letra in ("()", "[]", "{}")
    assert abiertos == []
    assert sin_textos.count('"') % 2 == 0


def test_sin_nada_publicado_cada_pagina_dice_que_vendra(tmp_path, puerto, lanzar_datasette):
    privada, _ = elenco.carpeta(tmp_path)
    escritura.escribir(privada, tmp_path / "publica.db")
    lanzar_datasette(lanzar.orden(tmp_path / "publica.db", puerto))
    base = f"http://127.0.0.1:{puerto}"
    for ruta in PAGINAS:
        estado, _, pagina = pedir(base, ruta)
        assert estado == 200, ruta
        assert re.search("Todavía no se|con el primer periodo publicado", visible(pagina)), ruta
    assert pedir(base, "/preguntas/cambio.csv")[0] == 404


def test_un_lote_con_ruido_y_tablas_quitadas_lo_dice_y_los_buscadores_entran_si_se_quiere(
    oficina, puerto, lanzar_datasette
):
    oficina.publicar()
    with closing(Database(oficina.publica)) as db:
        reglas = [("modo", "eps"), ("epsilon", "3.0"), ("tablas_quitadas", "Asistencias por edad y zona")]
        for regla, valor in reglas:
            db["reglas"].upsert(
                {"lote": elenco.LOTE, "regla": regla, "valor": valor, "explicacion": ""}, pk=("lote", "regla")
            )
    lanzar_datasette(lanzar.orden(oficina.publica, puerto, buscadores=True))
    base = f"http://127.0.0.1:{puerto}"
    pagina = visible(pedir(base, "/preguntas/encuestas")[2])
    assert "95 de cada 100 veces" in pagina
    assert "la auditoría dejó vacío: Asistencias por edad y zona." in pagina
    pagina = visible(pedir(base, "/metodologia")[2])
    assert "ruido al azar, epsilon 3.0" in pagina
    assert "diez veces epsilon" in pagina
    _, cabeceras, texto = pedir(base, "/robots.txt")
    assert texto == "User-agent: *\nDisallow: /*?\n"
    assert "x-robots-tag" not in cabeceras


def test_un_archivo_de_antes_de_que_hubiera_tipo_tambien_se_lee(oficina):
    """Servir lo publicado por una versión anterior no falla: sin ``tipo`` se deduce de sus opciones juntas."""
    oficina.publicar()
    con = Database(oficina.publica).conn
    con.row_factory = sqlite3.Row
    de_ahora = Publica(con).preguntas
    con.execute("ALTER TABLE pregunta DROP COLUMN tipo")
    de_antes = Publica(con).preguntas
    assert de_ahora["despues", "I1"].varias
    assert de_antes["despues", "I1"].varias
    assert not de_ahora["satisfaccion", "S5"].varias
    assert not de_antes["antes", "K1"].varias
    con.close()
