"""Lo que se ensaya es lo que se publica, y ensayar no escribe nada."""

import csv
import hashlib
import json
from datetime import date
from pathlib import Path

import pytest
from fabrica import EVENTO, HORA, Fabrica, contar

from publicacion.errores import ErrorPublicacion
from recoleccion import cli
from recoleccion.consultas import bitacora, credenciales, eventos, publicar
from recoleccion.consultas.ensayo import copia, textos_privados
from recoleccion.ensayos import ensayar
from recoleccion.errores import ErrorJornada
from recoleccion.publicador import en_exclusiva, terminar
from recoleccion.publicador import publicar as publicar_lotes
from tests.ordenes import correr

EDADES = ("18-29", "30-44", "45-59", "60+")
OCTUBRE = HORA.replace(month=10, day=1)


def nada(_frase: str) -> None:
    """Sin avance."""


@pytest.fixture
def trimestre(base, azar, sello, reloj) -> Fabrica:
    """Tres eventos de julio a septiembre, cerrados; después llegan 30 contestaciones y un escaneo repetido."""
    tarjetas = [token for _, token in credenciales.imprimir(base, 12, HORA, azar)]
    for dia in ("2026-07-05", "2026-08-09", "2026-09-06"):
        id = eventos.crear(base, EVENTO | {"fecha": dia}, HORA, azar)
        fabrica = Fabrica(sello, id, azar.getrandbits(32))
        grupos = (("M", 0, 15), ("M", 1, 12), ("M", 2, 8), ("H", 0, 10))
        fabrica.mandar(base, *[fabrica.conteo(sexo=s, edad=EDADES[e], personas=n) for s, e, n in grupos])
        fabrica.mandar(base, *[fabrica.asistencia(modo="credencial", credencial=t, edad="60+") for t in tarjetas])
        eventos.cerrar(base, id, HORA, sello, azar)
    fabrica.mandar(
        base, fabrica.asistencia(modo="credencial", credencial=tarjetas[0], edad="60+", nombre="Petra Barba")
    )
    respuestas = [fabrica.contestacion(S1=("muy_buena", "buena", "regular")[n % 3]) for n in range(36)]
    fabrica.mandar(base, *respuestas)
    assert contar(base, "urna") == 36
    reloj.hora = OCTUBRE
    return fabrica


def carpeta(datos: Path) -> dict[str, str]:
    """La huella de cada archivo de la carpeta de datos; lo pendiente de la base, ya pasado al archivo."""
    return {
        str(ruta.relative_to(datos)): hashlib.sha256(ruta.read_bytes()).hexdigest()
        for ruta in sorted(datos.rglob("*"))
        if ruta.is_file() and not ruta.name.endswith("-shm")
    }


def test_lo_ensayado_es_lo_que_se_publica_y_ensayar_no_escribe(datos, base, instalacion, trimestre):
    antes = carpeta(datos)
    (ensayo,) = ensayar(instalacion, paso=nada)
    assert carpeta(datos) == antes
    assert (ensayo.lote, ensayo.periodo, ensayo.pasa, ensayo.falla) == (
        "2026-T3",
        "julio a septiembre de 2026",
        True,
        None,
    )
    assert ensayar(instalacion, paso=nada) == [ensayo]

    hecha = publicar_lotes(instalacion, quien="titular", firmado=ensayo, paso=nada)
    assert (hecha.lotes, hecha.sha256) == (("2026-T3",), ensayo.sha256)
    assert hashlib.sha256((datos / "publica.db").read_bytes()).hexdigest() == ensayo.sha256
    asentadas = publicar.asentadas(base, "2026-T3")
    numeros = [
        json.loads(v) for (tabla, _), v in sorted(asentadas.items()) if tabla in {r.tabla for r in ensayo.renglones}
    ]
    publicadas = [v.get("n", v.get("asistencias")) for v in numeros]
    assert sorted(publicadas, key=str) == sorted((r.publicada for r in ensayo.renglones), key=str)
    assert len(publicadas) == len(ensayo.renglones) > 300
    assert contar(base, "urna") == 0
    total = next(r for r in ensayo.renglones if (r.tabla, r.que) == ("asistencia_cubo", "En total"))
    assert (total.real, total.quienes) == (3 * 57, "Todas las personas")
    assert total.publicada in (170, 175)
    assert any(r.que.endswith("→ Buena") and r.real == 12 for r in ensayo.renglones)
    assert any((r.que, r.real) == ("Agosto de 2026 (1 evento)", 57) for r in ensayo.renglones)


def test_se_anota_quien_firmo_y_que(base, instalacion, trimestre):
    (ensayo,) = ensayar(instalacion, paso=nada)
    publicar_lotes(instalacion, quien="titular", firmado=ensayo, paso=nada)
    publicar_lotes(instalacion, quien="consola", paso=nada)  # no hay nada nuevo: no se anota otra vez
    hechos = [(f["quien"], f["accion"], f["objeto"], f["detalle"]) for f in bitacora.listar(base, 2)]
    assert hechos == [
        ("titular", "publicar", "2026-T3", f"SHA-256 {ensayo.sha256}"),
        ("titular", "firmar publicación", "lote 2026-T3", f"celdas SHA-256 {ensayo.huella}"),
    ]


def test_si_llego_algo_despues_de_ver_no_se_publica_y_nada_queda_apartado(base, datos, instalacion, trimestre):
    (ensayo,) = ensayar(instalacion, paso=nada)
    trimestre.mandar(base, *[trimestre.conteo(sexo="M", edad="18-29") for _ in range(9)])
    antes = (datos / "publica.db").read_bytes() if (datos / "publica.db").exists() else None
    with pytest.raises(ErrorJornada) as error:
        publicar_lotes(instalacion, quien="titular", firmado=ensayo, paso=nada)
    assert error.value.codigo == "publicacion_cambio"
    assert publicar.listar(base) == []
    assert contar(base, "asistencia", "lote IS NOT NULL") == contar(base, "libro") == 0
    assert ((datos / "publica.db").read_bytes() if (datos / "publica.db").exists() else None) == antes
    (otro,) = ensayar(instalacion, paso=nada)
    assert otro.huella != ensayo.huella
    assert publicar_lotes(instalacion, quien="titular", firmado=otro, paso=nada).sha256 == otro.sha256


def test_otro_dia_la_firma_vale_si_las_celdas_son_las_mismas(instalacion, reloj, trimestre):
    (ensayo,) = ensayar(instalacion, paso=nada)
    reloj.avanzar(days=1)
    assert publicar_lotes(instalacion, quien="titular", firmado=ensayo, paso=nada).lotes == ("2026-T3",)


def test_el_segundo_lote_se_compara_con_el_primero(base, instalacion, azar, sello, reloj, trimestre):
    for dia in ("2026-10-05", "2026-11-09", "2026-12-06"):
        id = eventos.crear(base, EVENTO | {"fecha": dia}, HORA, azar)
        fabrica = Fabrica(sello, id, azar.getrandbits(32))
        fabrica.mandar(base, fabrica.conteo(sexo="H", edad="60+", personas=30))
        eventos.cerrar(base, id, HORA, sello, azar)
    reloj.hora = HORA.replace(year=2027, month=1, day=4)
    primero, segundo = ensayar(instalacion, paso=nada)
    assert (primero.ultimo, segundo.ultimo) == (None, "2026-T3")
    por_tabla = {tabla.clave: tabla for tabla in segundo.tablas}
    assert por_tabla["asistencia_cubo"].desaparecen > 0
    assert por_tabla["asistencia_cubo"].aparecen > 0
    assert all(cambio.quita == 0 for cambio in segundo.cambios)
    assert {c.cambia for c in segundo.cambios if c.titulo in ("Asistencias", "Reglas de protección")} == {0}
    hecha = publicar_lotes(instalacion, quien="consola", paso=nada)
    assert (hecha.lotes, hecha.sha256) == (("2026-T3", "2026-T4"), segundo.sha256)


def test_dos_a_la_vez_no_publican(instalacion, trimestre):
    with en_exclusiva(instalacion), pytest.raises(ErrorJornada) as error:
        terminar(instalacion, quien="titular", paso=nada)
    assert error.value.codigo == "publicacion_en_curso"


def test_la_copia_se_olvida_y_la_base_no_se_entera(base, datos, trimestre):
    with copia(datos / "privada.db") as otra:
        otra.execute("UPDATE asistencia SET sexo = 'N'")
        publicar.asignar(otra, "2026-T3", "2026-07-01", "2026-09-30")
    assert contar(base, "asistencia", "sexo = 'N'") == 0
    assert publicar.listar(base) == []


def test_los_textos_que_se_buscan_en_lo_publicado_son_los_que_escribio_la_gente(base, trimestre):
    textos = textos_privados(base)
    assert {"Crianza sin golpes", "Casa de la Cultura", "Teléfono de Rosa"} & textos == {
        "Crianza sin golpes",
        "Casa de la Cultura",
    }


# --- la orden -----------------------------------------------------------------------------------------------------


@pytest.fixture
def vencido(base, azar, sello) -> None:
    """Un trimestre que ya terminó con cualquier reloj: la orden usa la hora de verdad."""
    for dia in ("2025-01-05", "2025-02-09", "2025-03-06"):
        id = eventos.crear(base, EVENTO | {"fecha": dia}, HORA, azar)
        fabrica = Fabrica(sello, id, azar.getrandbits(32))
        fabrica.mandar(base, fabrica.conteo(sexo="M", edad="30-44", personas=40))
        eventos.cerrar(base, id, HORA, sello, azar)


def test_la_orden_ensena_que_saldria_y_por_que_y_no_escribe(datos, base, vencido, tmp_path):
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    antes = carpeta(datos)
    resultado = correr("publicar", "--simular", "--datos", datos)
    assert resultado.exit_code == 0, resultado.output
    for frase in ("Lote 2025-T1: enero a marzo de 2025", "Asistencias: ", "Pudieron ser menos de 10 personas, o nadie.",
                  "Auditoría: pasa.", "No se escribió nada", "SHA-256 "):  # fmt: skip
        assert frase in resultado.output
    detalle = correr("publicar", "--simular", "--detalle", "--a", tmp_path / "celdas.csv", "--datos", datos).output
    assert "asistencia_cubo: En total · Todas las personas: hay 120, sale 120. Se muestra." in detalle
    assert "hay 0, oculta. Pudieron ser menos de 10 personas, o nadie." in detalle
    assert carpeta(datos) == antes
    with (tmp_path / "celdas.csv").open(encoding="utf-8-sig", newline="") as archivo:
        filas = list(csv.DictReader(archivo))
    assert (tmp_path / "celdas.csv").stat().st_mode & 0o777 == 0o600
    total = next(f for f in filas if f["qué"] == "En total")
    assert (total["cuenta verdadera"], total["se publicaría"], total["por qué"]) == ("120", "120", "Se muestra.")
    assert len(filas) > 100


def test_la_orden_publica_lo_que_dijo_que_saldria(datos, vencido):
    dicho = correr("publicar", "--simular", "--datos", datos).output
    resultado = correr("publicar", "--datos", datos)
    assert resultado.exit_code == 0, resultado.output
    assert "Lote 2025-T1 (del 01/01/2025 al 31/03/2025) en el libro: " in resultado.output
    assert hashlib.sha256((datos / "publica.db").read_bytes()).hexdigest() in dicho
    otra_vez = correr("publicar", "--simular", "--datos", datos)
    assert "No hay un periodo nuevo por publicar." in otra_vez.output


def test_detalle_sin_simular_se_explica(datos):
    resultado = correr("publicar", "--detalle", "--datos", datos)
    assert resultado.exit_code == 1
    assert "--simular" in resultado.output
    assert not (datos / "publica.db").exists()


def test_adelantar_lo_que_no_alcanza_dice_cuanto_falta(datos, base, azar, sello):
    hoy = date.today()  # noqa: DTZ011  la orden usa el reloj de la computadora
    id = eventos.crear(base, EVENTO | {"fecha": hoy.isoformat()}, HORA, azar)
    fabrica = Fabrica(sello, id)
    fabrica.mandar(base, fabrica.conteo(sexo="M", edad="30-44", personas=59))
    eventos.cerrar(base, id, HORA, sello, azar)
    resultado = correr("publicar", "--adelantar", "--datos", datos)
    assert resultado.exit_code == 0, resultado.output
    assert "No hay un periodo nuevo por publicar." in resultado.output
    assert "1 evento y 59 personas distintas cuando menos; para adelantarlo hacen falta 3 y 60" in resultado.output
    assert publicar.listar(base) == []


def test_un_lote_que_no_se_puede_publicar_se_dice_y_la_orden_falla(datos, base, vencido):
    base.execute("UPDATE evento SET zona = 'luna' WHERE fecha = '2025-01-05'")
    for orden in (["--simular"], []):
        resultado = correr("publicar", *orden, "--datos", datos)
        assert resultado.exit_code == 1
        assert "Hay datos que no pueden ser: eventos con la zona «luna» (1)" in resultado.output
    assert publicar.listar(base) == []
    assert cli.principal.commands["publicar"].help


def test_un_error_de_datos_tambien_detiene_el_ensayo(base, instalacion, trimestre):
    base.execute("UPDATE evento SET programa = 'otro' WHERE estado = 'cerrado'")
    with pytest.raises(ErrorPublicacion, match="eventos con el programa «otro»"):
        ensayar(instalacion, paso=nada)
