"""Captura en eventos: páginas de asistentes, promotoras y titular, sincronización y base privada."""

from .aplicacion import create_app

__all__ = ["create_app"]
