"""Instalar de veras en Debian: dos usuarios, unidades de systemd cerradas, Caddy por delante y tareas de cada día."""
