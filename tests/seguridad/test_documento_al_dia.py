"""Las cifras, llaves y piezas que nombra SEGURIDAD.md son las del programa."""

import ast
import json
import re

import pytest

from formularios import aparte
from publicacion import limites
from recoleccion import cuerpos, fotos, intentos
from recoleccion.avalancha import Limites
from recoleccion.consultas import (
    contrasenas,
    cuentas,
    dispositivos,
    envoltura,
    evidencias,
    recepcion,
    rescate,
    sesiones,
)
from recoleccion.vistas import llavero, openrosa, regreso, seguridad
from recoleccion.vistas.panel import formas_cuentas, instrumentos, papeleria
from tests.seguridad.enlaces import RAIZ

TEXTO = (RAIZ / "recoleccion" / "SEGURIDAD.md").read_text("utf-8")
CIFRAN = {"cryptography", "argon2", "pyrage", "webauthn", "pyotp", "itsdangerous", "hmac"}


def seccion(titulo: str) -> str:
    return TEXTO.partition(f"\n## {titulo}\n")[2].partition("\n## ")[0]


def _minutos(lapso) -> str:
    minutos = int(lapso.total_seconds()) // 60
    return f"{minutos // 60} h" if minutos % 60 == 0 else f"{minutos} min"


def _plazos(rol: str) -> str:
    plazos = sesiones.PLAZOS[rol]
    return f"{_minutos(plazos.sin_uso)} sin uso, {_minutos(plazos.en_total)} en total"


def _costo(memoria: int, vueltas: int) -> str:
    return f"argon2id de {memoria // 1024} MiB y {vueltas} vueltas"


def cifras() -> dict[str, str]:
    """Por renglón de «Cuánto es cuánto», lo que debe decir."""
    resumidor, costo = cuentas._resumidor, envoltura.Costo()
    comunes = len(contrasenas._comunes())
    return {
        "contraseña": f"de {contrasenas.LARGO_MINIMO} a {formas_cuentas.MAXIMO} letras; no de las {comunes:,} más",
        "contraseñas equivocadas": f"{intentos.LIBRES} sin esperar, {intentos.LIBRES_CONOCIDO} en un navegador"
        f" conocido; después {intentos.PRIMERA.seconds} s, y el doble cada vez hasta {_minutos(intentos.MAXIMA)}",
        "sesión de titular y administra": _plazos("titular"),
        "sesión de promotora y analista": _plazos("promotora"),
        "confirmar quién es": _minutos(sesiones.CONFIRMADA),
        "nombres abiertos": _minutos(llavero.DURA),
        "código de alta de un teléfono": _minutos(dispositivos.VIGENCIA_ALTA),
        "frase de la oficina": f"{envoltura.LARGO_FRASE} letras; {_costo(costo.memoria, costo.vueltas)}",
        "contraseñas guardadas": _costo(resumidor.memory_cost, resumidor.time_cost),
        "un envío cualquiera": f"{seguridad.MAXIMO_CUERPO:,} bytes",
        "lo que se lee de quien no ha entrado": f"{cuerpos.COMUN // 2**20} MiB",
        "lo que se lee de la oficina": f"{cuerpos.DE_LA_OFICINA // 2**20} MiB",
        "lo que espera a que lo pida quien mandó sin JavaScript": (
            f"{regreso.DURA / 60:g} min o {regreso.VECES} veces; {regreso.BYTES // 2**20} MiB y {regreso.CUANTAS:,} "
            f"páginas por todas, {regreso.BYTES_DE_UNA // 2**20} MiB y {regreso.CUANTAS_DE_UNA:,} de un evento"
        ),
        "una foto": f"{fotos.MAX_BYTES // 2**20} MiB y {fotos.SEGUNDOS} s",
        "fotos de un evento": str(evidencias.MAXIMO),
        "una hoja de encuesta": f"{instrumentos.MEGAS} MB y {aparte.SEGUNDOS} s",
        "un logotipo": f"{papeleria.MAXIMO // 10**6} MB",
        "un archivo de rescate": f"{rescate.MAX_BYTES // 2**20} MiB",
        "un lote de un teléfono": f"{recepcion.MAX_REGISTROS} registros y {recepcion.MAX_BYTES:,} bytes",
        "un envío de ODK": f"{openrosa.MAXIMO:,} bytes",
        "asistencias de un evento sin que nadie las revise": f"{Limites().cupo},",
        "una consulta del portal": f"{limites.SEGUNDOS:g} s y {limites.BYTES:,} bytes",
    }


def no_cuadran(texto: str) -> list[str]:
    dichas = {celdas[0]: celdas[1] for celdas in _renglones(texto)}
    return [que for que, cuanto in cifras().items() if cuanto not in dichas.get(que, "")]


def _renglones(texto: str) -> list[list[str]]:
    filas = [linea for linea in texto.splitlines() if linea.startswith("|") and not linea.startswith("|---")]
    return [[celda.strip() for celda in fila.strip("|").split("|")] for fila in filas[1:]]


def test_los_limites_escritos_son_los_del_programa() -> None:
    tabla = seccion("Cuánto es cuánto")
    assert no_cuadran(tabla) == []
    assert {celdas[0] for celdas in _renglones(tabla)} == cifras().keys(), "un renglón que nadie comprueba"


def test_el_control_una_cifra_vieja_se_nota() -> None:
    tabla = seccion("Cuánto es cuánto").replace("15 min sin uso", "30 min sin uso")
    assert no_cuadran(tabla) == ["sesión de titular y administra"]


def que_cifran() -> set[str]:
    """Los archivos que importan con qué cifrar, firmar o comparar secretos."""
    hallados = set()
    for carpeta in ("recoleccion", "publicacion", "formularios"):
        for archivo in (RAIZ / carpeta).rglob("*.py"):
            for nodo in ast.walk(ast.parse(archivo.read_text("utf-8"))):
                modulos = [a.name for a in nodo.names] if isinstance(nodo, ast.Import) else []
                modulos += [nodo.module or ""] if isinstance(nodo, ast.ImportFrom) and not nodo.level else []
                if any(modulo.split(".")[0] in CIFRAN for modulo in modulos):
                    hallados.add(archivo.relative_to(RAIZ).as_posix())
    return hallados


def test_el_inventario_nombra_cada_archivo_que_cifra() -> None:
    nombrados = set(re.findall(r"`((?:recoleccion|publicacion)/[\w/]+\.py)`", seccion("Llaves y cifrados")))
    assert nombrados == que_cifran()


def test_los_caminos_para_entrar_estan_escritos(app) -> None:
    """Toda ruta que recibe una contraseña, un código o un permiso está en la tabla."""
    dicho = seccion("Los caminos para entrar")
    puertas = {regla.rule for regla in app.url_map.iter_rules() if regla.rule.endswith(("/entrar", "/entrar/llave"))}
    assert {puerta for puerta in puertas if puerta not in dicho} == set()
    for camino in (
        "turno en un teléfono",
        "alta con código",
        "/openrosa/",
        "jornada cuenta rescatar",
        "jornada entrada",
    ):
        assert camino in dicho


def test_los_niveles_de_lo_guardado_dicen_donde_y_como() -> None:
    niveles = _renglones(seccion("Qué se guarda y cuánto se cuida"))
    assert [fila[0] for fila in niveles] == ["A", "B", "C", "D", "E"]
    assert all(len(celda) > 5 for fila in niveles for celda in fila[1:])


def test_las_comunicaciones_estan_escritas() -> None:
    dicho = seccion("Con quién habla cada pieza")
    for pieza in ("Caddy", "Datasette", "127.0.0.1", "Litestream", "nadie más"):
        assert pieza in dicho


def test_lo_que_se_anota_esta_escrito() -> None:
    donde = {fila[0].split(" ")[0].strip("`") for fila in _renglones(seccion("Qué se anota"))}
    assert donde == {"bitácora", "diario", "datasette.log", "Caddy"}


def test_los_plazos_de_las_bibliotecas_estan_escritos() -> None:
    assert re.search(r"grave.{0,40}7 días.{0,30}30", seccion("Bibliotecas"), re.DOTALL)


def test_cada_biblioteca_se_nombra_y_las_del_navegador_van_con_su_huella() -> None:
    fijadas = json.loads((RAIZ / "package-lock.json").read_text("utf-8"))["packages"]
    sin_huella = [nombre for nombre, dicho in fijadas.items() if nombre and "integrity" not in dicho]
    assert sin_huella == []
    for nombre in ("zxing-wasm", "@hpke/core"):
        assert f"node_modules/{nombre}" in fijadas
        assert nombre in seccion("Bibliotecas")


def test_la_hora_de_la_bitacora_lleva_su_zona(base) -> None:
    from recoleccion.consultas import bitacora
    from tests.elenco import HORA

    bitacora.anotar(base, HORA, "titular", "ver", "bitácora")
    cuando = base.execute("SELECT cuando FROM bitacora ORDER BY id DESC LIMIT 1").fetchone()[0]
    assert re.search(r"T\d\d:\d\d:\d\d.*[+-]\d\d:\d\d$", cuando)


@pytest.mark.parametrize("carpeta", ["/static/", "/static/css/", "/static/js", "/campo/api/", "/api/"])
def test_una_carpeta_no_se_lista(app, carpeta: str) -> None:
    respuesta = app.test_client().get(carpeta)
    assert respuesta.status_code == 404
    assert "asistente.css" not in respuesta.text
