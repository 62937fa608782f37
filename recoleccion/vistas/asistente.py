"""Páginas de asistentes."""

from flask import Blueprint

bp = Blueprint("asistente", __name__)
