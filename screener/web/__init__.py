"""The web form and the first HTTP door; `screener.web.app.create_app` puts them together."""
