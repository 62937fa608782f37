"""Cualquier cosa que llegue a ``/api/v1``: un estado de openapi.json o un veredicto por registro, y nada a medias.

Schemathesis inventa peticiones a partir del contrato (buenas y malas); Hypothesis, bytes y JSON sin contrato alguno.
"""

import json
from pathlib import Path

import pytest
import schemathesis
from fabrica import Fabrica
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode, checks

from recoleccion import protocolo
from recoleccion.consultas import dispositivos, recepcion
from recoleccion.vistas import api
from tests.elenco import HORA

CARPETA = Path(protocolo.__file__).parent
OPENAPI = json.loads((CARPETA / "openapi.json").read_text("utf-8"))
ERROR, ACUSE = (
    Draft202012Validator(json.loads((CARPETA / "esquemas" / f"{nombre}.json").read_text("utf-8")))
    for nombre in ("error", "acuse")
)
COMPROBACIONES = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
OPERACIONES = {(ruta, metodo): op["responses"] for ruta, ops in OPENAPI["paths"].items() for metodo, op in ops.items()}
TABLAS = ("recibido", "asistencia", "identidad", "anulacion", "urna", "cuarentena", "dispositivo")
AJUSTES = settings(
    deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip


@pytest.fixture
def llave(base, elenco, azar) -> str:
    return dispositivos.alta(base, "Teléfono de prueba", elenco.promotora.id, HORA, azar)[1]


# --- Desde el contrato -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ruta", "metodo"), OPERACIONES)
def test_peticiones_inventadas_desde_el_contrato(app, llave, ruta, metodo):
    _desde_el_contrato(app, llave, ruta, metodo)


def _desde_el_contrato(app, llave: str, ruta: str, metodo: str) -> None:
    esquema = schemathesis.openapi.from_path(CARPETA / "openapi.json")
    esquema.app = app
    operacion = esquema[ruta][metodo.upper()]
    permisos = st.sampled_from([f"Bearer {llave}", f"Bearer {llave}", "Bearer D1falsa", ""])
    buenas, malas = operacion.as_strategy(), operacion.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @settings(AJUSTES, max_examples=60 if ruta == "/lote" else 20)
    @given(caso=buenas | malas, permiso=permisos)
    def probar(caso, permiso):
        cabeceras = {"Authorization": permiso, "Accept-Encoding": "identity"}
        caso.call_and_validate(headers=cabeceras, checks=COMPROBACIONES)

    probar()


def test_el_control_un_500_o_un_estado_sin_describir_se_descubren(app, llave, monkeypatch):
    for codigo in ("base_fallo", "credencial_no_existe"):  # 500 y 404: ninguno está en el contrato de un lote

        def falla(*_args, codigo=codigo, **_kwargs):
            raise api.ErrorJornada(codigo)

        monkeypatch.setattr(recepcion, "recibir_lote", falla)
        with pytest.raises(BaseExceptionGroup, match="Schemathesis found"):
            _desde_el_contrato(app, llave, "/lote", "post")


@pytest.mark.parametrize("numero", [b"NaN", b"-Infinity", b"1e400"])
def test_un_numero_que_no_es_json_no_se_acusa_porque_el_telefono_no_podria_leerlo(app, base, llave, numero):
    antes = _contar(base)
    cuerpo = b'{"version": 1, "registros": [{"id": %s, "sobre": "AAAA"}]}' % numero
    cabeceras = {"Authorization": f"Bearer {llave}", "Content-Type": "application/json"}
    respuesta = app.test_client().post(f"{api.PREFIJO}/lote", data=cuerpo, headers=cabeceras)
    assert (respuesta.status_code, respuesta.get_json()["error"]["codigo"]) == (400, "lote_ilegible")
    assert _contar(base) == antes


# --- Sin contrato ------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda hijos: st.lists(hijos, max_size=3) | st.dictionaries(st.text(max_size=8), hijos, max_size=3),
    max_leaves=8,
)
RUTAS = sorted({ruta for ruta, _ in OPERACIONES})
HONDO = b"[" * 50_000
CUERPOS = st.one_of(
    st.binary(max_size=80),
    JSON.map(lambda j: json.dumps(j).encode()),
    st.sampled_from([HONDO, b'{"version":1,"registros":' + HONDO, b'{"version":1e400,"registros":[]}']),
    st.builds(lambda n: b" " * n, st.sampled_from([1_000_000, 1_000_001, 1_310_721])),
)
TIPOS = ["application/json", "application/json; charset=x", "multipart/form-data; boundary=a", "", "\x00é"]
LATINAS = st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=12)
PERMISOS = ["Bearer {}", "Bearer {}", "Bearer", "Bearer \x00", "Basic {}"]
VERBOS = ["get", "post", "post", "put", "delete", "patch", "options", "head"]


def _contar(base) -> dict[str, int]:
    return {tabla: base.execute(f"SELECT count(*) FROM {tabla}").fetchone()[0] for tabla in TABLAS}


@settings(AJUSTES, max_examples=250)
@given(
    ruta=st.sampled_from(RUTAS),
    metodo=st.sampled_from(VERBOS),
    cuerpo=CUERPOS,
    tipo=st.sampled_from(TIPOS) | LATINAS,
    permiso=st.sampled_from(PERMISOS) | LATINAS,
    sitio=st.sampled_from([None, None, "same-origin", "cross-site", "\xff"]),
)
def test_bytes_cualesquiera_dan_un_estado_descrito_y_no_dejan_nada(
    app, base, llave, ruta, metodo, cuerpo, tipo, permiso, sitio
):
    cabeceras = {"Authorization": permiso.replace("{}", llave), "Content-Type": tipo}
    if sitio is not None:
        cabeceras["Sec-Fetch-Site"] = sitio
    antes = _contar(base)
    respuesta = app.test_client().open(api.PREFIJO + ruta, method=metodo.upper(), data=cuerpo, headers=cabeceras)
    descritos = OPERACIONES.get((ruta, "get" if metodo == "head" else metodo))
    if metodo == "options":
        assert respuesta.status_code == 200
    elif descritos is None:
        assert (respuesta.status_code, bool(respuesta.headers["Allow"])) == (405, True)
    else:
        assert str(respuesta.status_code) in descritos
    if respuesta.status_code >= 400 and metodo != "head":
        assert ERROR.is_valid(respuesta.get_json())
    assert _contar(base) == antes


@settings(AJUSTES, max_examples=150)
@given(datos=st.data())
def test_un_lote_revuelto_da_un_veredicto_por_registro_y_nada_a_medias(app, base, llave, instalacion, elenco, datos):
    fabrica = Fabrica(instalacion.sello, elenco.evento_id, datos.draw(st.integers(0, 2**32)))
    buenos = [fabrica.asistencia(nombre="Ana"), fabrica.conteo(), fabrica.contestacion(S1="buena")]
    buenos = [fabrica.sellar(registro) for registro in [*buenos, fabrica.anulacion(buenos[0]["id"])]]
    raros = JSON | st.builds(
        lambda bueno, cambio: bueno | cambio,
        st.sampled_from(buenos),
        st.dictionaries(st.sampled_from(["id", "sobre", "firma", "otro"]), JSON, min_size=1, max_size=2),
    )
    registros = datos.draw(st.lists(st.sampled_from(buenos) | raros, max_size=8))
    campos = st.sampled_from(["epoca", "enviado_en", "pendientes", "app"])
    cuerpo = fabrica.lote(*registros, **datos.draw(st.dictionaries(campos, JSON)))
    cabeceras = {"Authorization": f"Bearer {llave}", "Content-Type": "application/json"}
    antes = _contar(base)
    respuesta = app.test_client().post(f"{api.PREFIJO}/lote", data=cuerpo, headers=cabeceras)
    assert respuesta.status_code == 200
    acuse = json.loads(respuesta.get_data(), parse_constant=_no_es_json)
    ACUSE.validate(acuse)
    _todo_o_nada(base, antes, registros, acuse["acuses"])


def _no_es_json(constante: str) -> None:
    raise AssertionError(f"{constante} no es JSON: el teléfono no podría leer el acuse")


def _todo_o_nada(base, antes: dict[str, int], registros: list, acuses: list[dict]) -> None:
    """Lo aceptado está en ``recibido`` y en su tabla, una vez; lo apartado está en la cuarentena; nada más."""
    despues = _contar(base)
    aceptados = [acuse["id"] for acuse in acuses if acuse["estado"] == "aceptado"]
    assert despues["recibido"] - antes["recibido"] == len(set(aceptados)) == len(aceptados)
    assert sum(despues[tabla] - antes[tabla] for tabla in ("asistencia", "anulacion", "urna")) == len(aceptados)
    assert despues["identidad"] - antes["identidad"] <= despues["asistencia"] - antes["asistencia"]
    for registro, acuse in zip(registros, acuses, strict=True):
        if acuse["estado"] in ("retenido", "conflicto"):
            id = registro.get("id") if isinstance(registro, dict) else None
            como_se_guardo = (id, json.dumps(id)[:200])
            filas = base.execute("SELECT registro_id FROM cuarentena WHERE codigo = ?", [acuse["codigo"]])
            assert any(fila["registro_id"] in como_se_guardo for fila in filas)


def test_el_control_un_registro_a_medias_se_descubre(app, base, llave, instalacion, elenco, monkeypatch):
    """Un servidor que dice «aceptado» y sólo apunta el id: la comprobación tiene que darse cuenta."""
    monkeypatch.setattr(recepcion._Entrada, "_asistencia", lambda *_: None)
    fabrica = Fabrica(instalacion.sello, elenco.evento_id)
    antes = _contar(base)
    registro = fabrica.sellar(fabrica.asistencia())
    acuses = fabrica.recibir(base, registro)
    with pytest.raises(AssertionError):
        _todo_o_nada(base, antes, [registro], acuses)
