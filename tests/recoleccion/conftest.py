"""Lo que comparten las pruebas de la recolección."""

import pytest
from fabrica import HORA, Fabrica

from recoleccion.consultas import dispositivos


@pytest.fixture
def sello(instalacion):
    return instalacion.sello


@pytest.fixture
def fabrica(sello, elenco) -> Fabrica:
    return Fabrica(sello, elenco.evento_id)


@pytest.fixture
def telefono(base, elenco, azar) -> str:
    """El id de un teléfono dado de alta."""
    return dispositivos.alta(base, "Teléfono de Rosa", elenco.promotora.id, HORA, azar)[0]
