"""El QR con que ODK Collect o KoboCollect quedan configurados: dirección, envío solo y borrado de lo enviado.

Fuente: docs.getodk.org/collect-import-export («List of keys for all settings»): JSON, zlib y base64.
"""

import base64
import json
import zlib
from typing import Any


def ajustes(direccion: str, oficina: str) -> dict[str, Any]:
    """Los que se apartan de lo que trae la aplicación; los menos, para que el código se lea fácil.

    Lo que importa: baja y quita formularios sola (``match_exactly``), envía sola y **borra lo enviado**
    (``delete_send``); y quien usa el teléfono no puede cambiar eso ni ver lo que ya se contestó.

    :param direccion: ``https://…/openrosa/<permiso>``.
    """
    return {
        "general": {
            "server_url": direccion,
            "form_update_mode": "match_exactly",
            "autosend": "wifi_and_cellular",
            "delete_send": True,
            "analytics": False,
        },
        "admin": {
            "change_server": False,
            "change_autosend": False,
            "delete_after_send": False,
            "view_sent": False,
            "edit_saved": False,
            "save_mid": False,
        },
        "project": {"name": oficina[:40] or "jornada"},
    }


def texto_del_qr(dichos: dict[str, Any]) -> str:
    """Lo que va en el código QR."""
    return base64.b64encode(zlib.compress(json.dumps(dichos, ensure_ascii=False).encode(), 9)).decode()
