"""El certificado visto por «jornada verificar», contra un servidor HTTPS de verdad en esta computadora."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from recoleccion.revisar import certificado
from recoleccion.revisar.renglon import AVISO, BIEN, MAL

HOY = datetime.now(UTC)


def certificar(carpeta: Path, dias: int) -> tuple[Path, Path]:
    """Uno de «localhost», firmado por sí mismo, que vence en tantos días."""
    llave = ec.generate_private_key(ec.SECP256R1())
    nombre = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    hecho = (
        x509.CertificateBuilder()
        .subject_name(nombre)
        .issuer_name(nombre)
        .public_key(llave.public_key())
        .serial_number(7)
        .not_valid_before(HOY - timedelta(days=400))
        .not_valid_after(HOY + timedelta(days=dias))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(llave, hashes.SHA256())
    )
    publico, privado = carpeta / "c.pem", carpeta / "k.pem"
    publico.write_bytes(hecho.public_bytes(serialization.Encoding.PEM))
    forma = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    privado.write_bytes(llave.private_bytes(*forma))
    return publico, privado


@pytest.fixture
def sitio(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[str, ssl.SSLContext]]:
    """La dirección de un HTTPS y en quién confiar para verlo bueno."""
    publico, privado = certificar(tmp_path, request.param)
    contexto = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    contexto.load_cert_chain(publico, privado)
    with socket.create_server(("127.0.0.1", 0)) as oreja:

        def atender() -> None:
            enchufe, _ = oreja.accept()
            with enchufe, suppress(OSError):
                contexto.wrap_socket(enchufe, server_side=True).close()

        hilo = threading.Thread(target=atender)
        hilo.start()
        yield f"https://localhost:{oreja.getsockname()[1]}", ssl.create_default_context(cafile=publico)
        hilo.join(timeout=10)


@pytest.mark.parametrize(("sitio", "como"), [(60, BIEN), (5, MAL), (-1, MAL)], indirect=["sitio"])
def test_el_que_va_a_vencer_o_ya_vencio_se_dice(sitio, como):
    direccion, confia = sitio
    visto = certificado.revisar(direccion, "produccion", HOY, confia)
    assert visto is not None
    assert visto.estado == como


@pytest.mark.parametrize("sitio", [60], indirect=True)
def test_uno_que_nadie_conoce_no_vale(sitio):
    visto = certificado.revisar(sitio[0], "produccion", HOY)
    assert visto is not None
    assert (visto.estado, "no vale" in visto.frase) == (MAL, True)


def test_sin_llegar_se_avisa_y_sin_https_en_produccion_es_falla():
    with socket.create_server(("127.0.0.1", 0)) as oreja:
        cerrado = oreja.getsockname()[1]
    lejos = certificado.revisar(f"https://localhost:{cerrado}", "produccion", HOY)
    assert lejos is not None
    assert lejos.estado == AVISO
    claro = certificado.revisar("http://registro.ejemplo.mx", "produccion", HOY)
    assert claro is not None
    assert claro.estado == MAL
    assert certificado.revisar("http://127.0.0.1:8000", "demo", HOY) is None
