"""Un trimestre simulado que entra por donde entra de verdad (registro, urna, cierre) y sale publicado.

Comprueba dos cosas: que las pruebas que atacan lo simulado atacan lo mismo que saldría de la oficina, y que con nombres
y teléfonos en la base privada no sale ninguno.
"""

import json
from contextlib import closing
from dataclasses import replace
from datetime import datetime, time
from random import Random

from formularios.ficha import PALABRAS
from publicacion import escritura, orquestar
from publicacion.ataques import revisar
from recoleccion import reglas
from recoleccion.consultas import conexion, eventos, publicar, recepcion
from recoleccion.instalacion import ZONA_HORARIA
from tests.ataques.anio import LINEAS_DE, PROGRAMAS, ZONAS, Anio, simular, trimestres
from tests.ataques.publicar import SECRETO, calcular
from tests.publicacion.elenco_publicacion import textos_privados

LOTE = trimestres()[0]
TABLAS = {"asistencia_cubo", "respuesta_cubo", "cambio_cubo", "evento_resumen"}
HOY = datetime(2026, 4, 2, 10, 0, tzinfo=ZONA_HORARIA)


def llenar(base, sello, anio: Anio) -> None:
    """Cada evento del lote: se crea, se abre, llega la gente, contesta y se cierra."""
    azar = Random(3)
    monton = [f"{palabra}-{numero:02d}" for palabra in PALABRAS for numero in range(10, 100)]
    for i, e in enumerate(anio.eventos):
        if not LOTE[1] <= e.dia <= LOTE[2]:
            continue
        hora = datetime.combine(e.dia, time(17, 5), ZONA_HORARIA)
        id_ = eventos.crear(base, _datos(i, anio), hora, azar)
        eventos.abrir(base, id_, hora)
        fichas = dict(zip(anio.fueron[i], azar.sample(monton, len(anio.fueron[i])), strict=True))
        hechos = [("asistencia", _asistencia(anio, quien)) for quien in anio.fueron[i]]
        hechos += [("contestacion", _contestacion(anio, h, fichas[h.persona])) for h in anio.hojas if h.evento == i]
        with conexion.escritura(base):
            for tipo, datos in hechos:
                registro = {"v": 1, "id": reglas.nuevo_id(azar), "tipo": tipo, "evento": id_, "datos": datos}
                cuando = {"hora": None, "sesgo_ms": None}
                if tipo == "asistencia":
                    cuando = {"hora": hora.isoformat(), "sesgo_ms": 0}
                tomado = recepcion.tomar_en_linea(base, registro | cuando, sello=sello, ahora=hora)
                assert tomado.estado == "aceptado", (tomado, datos)
        eventos.cerrar(base, id_, hora, sello, azar)


def _datos(i: int, anio: Anio) -> dict:
    e = anio.eventos[i]
    return {
        "titulo": f"Plática reservada {i}", "tipo": "platica", "tema": "igualdad" if e.modulo == "G" else "tipos",
        "fecha": e.dia.isoformat(), "hora_inicio": "17:00", "hora_fin": "19:00", "sede": "Salón ejidal La Cañada",
        "localidad": "valle_de_guadalupe", "zona": e.zona, "programa": e.programa, "pide_nombre": True,
        "pide_telefono": True, "autorizacion_escolar": True,
        "lineas": list(LINEAS_DE[e.programa]), "encuestas": list(e.encuestas),
    }  # fmt: skip


def _asistencia(anio: Anio, quien: int) -> dict:
    sexo, edad = anio.personas[quien].dice
    adulta = not reglas.menor_de_edad(edad)
    return {
        "modo": "promotora", "sexo": sexo, "edad": edad, "procedencia": "cabecera", "aviso": 1,
        "nombre": f"Refugio Casillas {quien:05d}" if adulta else None,
        "telefono": f"378{quien:07d}" if adulta else None, "credencial": None,
    }  # fmt: skip


def _contestacion(anio: Anio, hoja, ficha: str) -> dict:
    sexo, edad = anio.personas[hoja.persona].dice
    dichas = {clave: [dicho] if isinstance(dicho, str) else dicho for clave, dicho in hoja.respuestas.items()}
    if hoja.instrumento == "antes":
        dichas |= {"D1": [sexo], "D2": [edad]}
    lleva = ficha if hoja.instrumento in ("antes", "despues") else None
    return {"instrumento": hoja.instrumento, "version": 1, "ficha": lleva, "respuestas": dichas}


def test_por_el_camino_de_verdad_sale_lo_mismo_que_se_ataca(datos, instalacion, tmp_path):
    for archivo, valores in (("zonas", ZONAS), ("programas", PROGRAMAS)):
        filas = "".join(f"{clave},{etiqueta}\n" for clave, etiqueta in valores.items())
        (datos / "catalogos" / f"{archivo}.csv").write_text(f"clave,etiqueta\n{filas}", encoding="utf-8")
    anio = simular(eventos=20, asistencias=800, contesta=0.95)
    lote, desde, hasta = LOTE[0], LOTE[1].isoformat(), LOTE[2].isoformat()
    with closing(conexion.abrir(datos / "privada.db")) as base:
        llenar(base, instalacion.sello, anio)
        publicar.asignar(base, lote, desde, hasta)
        celdas, vigentes = orquestar.calcular(datos / "privada.db", lote, desde, hasta, datos / "catalogos", SECRETO)
        publicar.asentar(base, lote, celdas, vigentes, HOY.date())
    escritura.ensayar(datos / "privada.db", tmp_path / "publica.db")

    crudo = anio.crudo(*LOTE)
    sin_credencial = replace(crudo, asistencias=tuple(replace(a, credencial=None) for a in crudo.asistencias))
    simuladas = {c[:2]: c.valor for c in calcular(sin_credencial, anio.reglas)[0] if c.tabla in TABLAS}
    de_verdad = {c[:2]: c.valor for c in celdas if c.tabla in TABLAS}
    # En las respuestas por sexo la urna sortea a quiénes calla: ahí sólo se comparan las que no lo separan.
    iguales = {ll for ll in de_verdad if "_cubo" not in ll[0] or ll[0] == "asistencia_cubo" or '"total"' in ll[1]}
    assert len(iguales) > 300
    assert {llave: simuladas[llave] for llave in iguales} == {llave: de_verdad[llave] for llave in iguales}
    assert all(json.loads(v)["n"] is None for llave, v in simuladas.items() if llave not in de_verdad)
    assert sum('"n":null' not in v for v in de_verdad.values()) > 60

    privados = textos_privados(datos / "privada.db")
    assert "Plática reservada 0" in privados
    assert revisar(tmp_path / "publica.db", textos=privados | {f"378{p:07d}" for p in range(7000)}) == []
