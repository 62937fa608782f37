"""Captura en eventos: páginas de asistentes, promotoras y titular, sincronización y base privada."""
