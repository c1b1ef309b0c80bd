"""An application of somebody else with the form and the door for programs in it.

Run it with any ASGI server, such as `uvicorn mounted:app`.
"""

from fastapi import FastAPI

from screener import Settings, create_app

app = FastAPI(title="Intake")
app.mount("/screening", create_app(Settings(names=("intake.example", "localhost"))))


@app.get("/")
def home() -> dict[str, str]:
    """A page of the intake system, as before."""
    return {"screening": "/screening/", "for programs": "/screening/docs"}
